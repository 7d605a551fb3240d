package cfg

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var durations = []struct {
	in   string
	want time.Duration
	err  string
}{
	{"0", 0, ""},
	{"1", time.Millisecond, ""},
	{"01", time.Millisecond, ""},
	{"1us", time.Millisecond, ""},
	{"1000us", time.Millisecond, ""},
	{"1001us", 2 * time.Millisecond, ""},
	{"1500us", 2 * time.Millisecond, ""},
	{"99999999999us", 100000000 * time.Millisecond, ""},
	{"5ms", 5 * time.Millisecond, ""},
	{"3s", 3 * time.Second, ""},
	{"2m", 2 * time.Minute, ""},
	{"596h", 596 * time.Hour, ""},
	{"24d", 24 * 24 * time.Hour, ""},
	{"2147483647", 2147483647 * time.Millisecond, ""},
	{"0d", 0, ""},
	{"2147483648", 0, "timer overflow in argument '2147483648' to 'timeout client' (maximum value is 2147483647 ms or ~24.8 days)"},
	{"25d", 0, "timer overflow in argument '25d' to 'timeout client' (maximum value is 2147483647 ms or ~24.8 days)"},
	{"35792m", 0, "timer overflow in argument '35792m' to 'timeout client' (maximum value is 2147483647 ms or ~24.8 days)"},
	{"99999999999999999999s", 0, "timer overflow in argument '99999999999999999999s' to 'timeout client' (maximum value is 2147483647 ms or ~24.8 days)"},
	{"-1", 0, "unexpected character '-' in 'timeout client'"},
	{"+1", 0, "unexpected character '+' in 'timeout client'"},
	{"1.5s", 0, "unexpected character '.' in 'timeout client'"},
	{"abc", 0, "unexpected character 'a' in 'timeout client'"},
	{"ms", 0, "unexpected character 'm' in 'timeout client'"},
	{"1S", 0, "unexpected character 'S' in 'timeout client'"},
	{"1w", 0, "unexpected character 'w' in 'timeout client'"},
	{"1u", 0, "unexpected character 'u' in 'timeout client'"},
	{"0x10", 0, "unexpected character 'x' in 'timeout client'"},
	{"1e3", 0, "unexpected character 'e' in 'timeout client'"},
	{"", 0, "'timeout client' expects an integer value (in milliseconds)"},
	{"1sx", time.Second, "warning 'x'"},
	{"1m30s", time.Minute, "warning '3'"},
	{"1msec", time.Millisecond, "warning 'e'"},
	{"1mm", time.Minute, "warning 'm'"},
}

func TestDuration(t *testing.T) {
	for _, row := range durations {
		t.Run(row.in, func(t *testing.T) {
			d := FromWords(Pos{"f", 6}, "timeout", "client", row.in)
			d.Next()
			d.Next()
			v, err := d.Duration("timeout client", time.Millisecond)
			char, warned := strings.CutPrefix(row.err, "warning ")
			switch {
			case row.err == "" && (err != nil || len(*d.Diagnostics()) > 0):
				t.Fatalf("got error %v, warnings %v", err, *d.Diagnostics())
			case warned && (err != nil || len(*d.Diagnostics()) != 1 || !strings.Contains((*d.Diagnostics())[0].Msg, "unexpected character "+char+" after")):
				t.Fatalf("got error %v, warnings %v", err, *d.Diagnostics())
			case row.err != "" && !warned && (err == nil || err.Error() != "parsing [f:6] : "+row.err):
				t.Fatalf("got error %v, want %s", err, row.err)
			}
			if v != row.want {
				t.Errorf("got %v, want %v", v, row.want)
			}
		})
	}
}

// TestOracleDuration gives the same values to haproxy.
func TestOracleDuration(t *testing.T) {
	var f File
	f.Name = "timers.cfg"
	var body strings.Builder
	var want []string
	line := 0
	add := func(format string, a ...any) {
		line++
		fmt.Fprintf(&body, format+"\n", a...)
	}
	for i, row := range durations {
		add("listen l%d", i)
		add(" timeout client %s", row.in)
		if row.err != "" && !strings.HasPrefix(row.err, "warning ") {
			want = append(want, fmt.Sprintf("[ALERT]    config : parsing [timers.cfg:%d] : %s", line, row.err))
		}
	}
	f.Body = []byte(body.String())
	if diff := cmp.Diff(check(t, t.TempDir(), f), want); diff != "" {
		t.Errorf("-haproxy +ours:\n%s", diff)
	}
}

// TestDurationWrap is where we differ: HAProxy's number wraps around at 64 bits, so that this means no timeout.
func TestDurationWrap(t *testing.T) {
	_, err := ParseDuration("18446744073709551616", time.Millisecond)
	var flaw *UnitError
	if !errors.As(err, &flaw) || flaw.Kind != Overflow {
		t.Errorf("got error %v", err)
	}
}

func TestDurationUnits(t *testing.T) {
	for _, row := range []struct {
		in   string
		unit time.Duration
		want time.Duration
	}{
		// The refresh header that haproxy sends for `stats refresh`.
		{"1us", time.Second, time.Second},
		{"999ms", time.Second, time.Second},
		{"1500ms", time.Second, 2 * time.Second},
		{"1001ms", time.Second, 2 * time.Second},
		{"61s", time.Second, 61 * time.Second},
		{"30", time.Second, 30 * time.Second},
		{"7", time.Microsecond, 7 * time.Microsecond},
	} {
		if got, err := ParseDuration(row.in, row.unit); got != row.want || err != nil {
			t.Errorf("%s: got %v, %v, want %v", row.in, got, err, row.want)
		}
	}
	if _, err := ParseDuration("2147483648", time.Second); err == nil || !strings.Contains(err.Error(), "2147483647 s") {
		t.Errorf("got error %v", err)
	}
}

var sizes = []struct {
	in   string
	want int64
	bad  string // the character named in the error
}{
	{"1", 1, ""}, {"01", 1, ""}, {"1k", 1024, ""}, {"1K", 1024, ""}, {"3m", 3 << 20, ""}, {"1M", 1 << 20, ""}, {"3g", 3 << 30, ""}, {"1G", 1 << 30, ""},
	{"4294967295", 4294967295, ""}, {"4095m", 4095 << 20, ""}, {"4194303k", 4194303 << 10, ""},
	{"4294967296", 0, "6"}, {"99999999999", 0, "9"}, {"4g", 0, "g"}, {"4096m", 0, "m"}, {"4194304k", 0, "k"}, {"1kb", 0, "b"}, {"k", 0, "k"}, {"1x", 0, "x"},
	{"-1", 0, "-"}, {"+1", 0, "+"}, {"1.5k", 0, "."}, {"abc", 0, "a"}, {"0x10", 0, "x"}, {"2t", 0, "t"},
}

func TestSize(t *testing.T) {
	for _, row := range sizes {
		got, err := ParseSize(row.in)
		want := ""
		if row.bad != "" {
			want = "unexpected character '" + row.bad + "'"
		}
		if got != row.want || want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%s: got %d, %v, want %d, %q", row.in, got, err, row.want, want)
		}
	}
	if n, err := ParseSize("0"); n != 0 || err != nil {
		t.Errorf("0: got %d, %v", n, err)
	}
	if _, err := ParseSize(""); err == nil {
		t.Error("empty size accepted")
	}
}

func TestOracleSize(t *testing.T) {
	var body strings.Builder
	var want []string
	for i, row := range sizes {
		fmt.Fprintf(&body, "backend b%d\n stick-table type ip size %s\n", i, row.in)
		if row.bad != "" {
			want = append(want, fmt.Sprintf("[ALERT]    config : parsing [sizes.cfg:%d] : stick-table: unexpected character '%s' in argument of 'size'.", 2*i+2, row.bad))
		}
	}
	got := check(t, t.TempDir(), File{"sizes.cfg", []byte(body.String())})
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-haproxy +ours:\n%s", diff)
	}
}

func TestInt(t *testing.T) {
	for in, want := range map[string]int64{"0": 0, "5": 5, "+5": 5, "-5": -5, "007": 7} {
		if got, err := ParseInt(in); got != want || err != nil {
			t.Errorf("%s: got %d, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "x", "1x", "1 ", "0x1", "1.0", "99999999999999999999", "1_0"} {
		if n, err := ParseInt(in); err == nil {
			t.Errorf("%q: accepted as %d", in, n)
		}
	}
	for in, want := range map[string]struct {
		n    int64
		rest string
	}{"16k": {16, "k"}, "abc": {0, "abc"}, "-3": {-3, ""}, "": {0, ""}, "-": {0, "-"}, "99999999999999999999": {1<<63 - 1, ""}} {
		if n, rest := LeadingInt(in); n != want.n || rest != want.rest {
			t.Errorf("%q: got %d, %q", in, n, rest)
		}
	}
}

func TestOnOff(t *testing.T) {
	for in, want := range map[string]string{
		"on": "true <nil>", "off": "false <nil>", "ON": "false expects either 'on' or 'off' but got 'ON'", "": "false expects either 'on' or 'off' but got ''",
	} {
		v, err := ParseOnOff(in)
		if got := fmt.Sprint(v, " ", err); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}
