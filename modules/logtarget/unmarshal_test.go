package logtarget

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

// lines are `log` lines and what HAProxy 2.6 says of them, "" for nothing.
var lines = []struct{ words, err string }{
	{"", "expects <address> and <facility> or global as arguments"},
	{"127.0.0.1", "expects <address> and <facility> or global as arguments"},
	{"127.0.0.1 local0", ""},
	{"127.0.0.1 foo", "unknown log facility 'foo'"},
	{"127.0.0.1 LOCAL0", "unknown log facility 'LOCAL0'"},
	{"127.0.0.1 3", "unknown log facility '3'"},
	{"127.0.0.1 local0 foo", "unknown optional log level 'foo'"},
	{"127.0.0.1 local0 INFO", "unknown optional log level 'INFO'"},
	{"127.0.0.1 local0 silent", "unknown optional log level 'silent'"},
	{"127.0.0.1 local0 info foo", "unknown optional minimum log level 'foo'"},
	{"127.0.0.1 local0 info notice", ""},
	{"127.0.0.1 local0 err info x", "cannot handle unexpected argument 'x'"},
	{"127.0.0.1 len 79 local0", "invalid log length '79', must be between 80 and 65535"},
	{"127.0.0.1 len 80 local0", ""},
	{"127.0.0.1 len 65535 local0", ""},
	{"127.0.0.1 len 65536 local0", "invalid log length '65536', must be between 80 and 65535"},
	{"127.0.0.1 len x local0", "invalid log length 'x', must be between 80 and 65535"},
	{"127.0.0.1 len", "invalid log length '', must be between 80 and 65535"},
	{"127.0.0.1 format foo local0", "unknown log format 'foo'"},
	{"127.0.0.1 format", "unknown log format ''"},
	{"127.0.0.1 format raw len 100 local0", "unknown log facility 'len'"},
	{"127.0.0.1 len 100 len 200 local0", "unknown log facility 'len'"},
	{"127.0.0.1 sample 1:2 local0", ""},
	{"127.0.0.1 sample 1-2,4:4 local0", ""},
	{"127.0.0.1 sample 3,1:4 local0", ""},
	{"127.0.0.1 sample 1,:3 local0", ""},
	{"127.0.0.1 format raw sample 1:2 local0 err", ""},
	{"127.0.0.1 sample 2-1:4 local0", "wrong sample range '2-1'"},
	{"127.0.0.1 sample 0:4 local0", "wrong sample range '0'"},
	{"127.0.0.1 sample 1-2-3:4 local0", "wrong sample range '1-2-3'"},
	{"127.0.0.1 sample 1-:3 local0", "wrong sample range '1-'"},
	{"127.0.0.1 sample -1:3 local0", "wrong sample range '-1'"},
	{"127.0.0.1 sample a:4 local0", "wrong sample range 'a'"},
	{"127.0.0.1 sample 5:4 local0", "sample size 4 should be greater or equal to 5 the maximum of the high ranges limits"},
	{"127.0.0.1 sample 1,1:4 local0", "ranges are overlapping"},
	{"127.0.0.1 sample 1-2,2-3:4 local0", "ranges are overlapping"},
	{"127.0.0.1 sample 1 local0", "Missing sample size"},
	{"127.0.0.1 sample", "Missing sample size"},
	{"127.0.0.1 sample 1: local0", "wrong sample size '' for sample range '1'"},
	{"127.0.0.1 sample 1:a local0", "wrong sample size 'a' for sample range '1'"},
	{"127.0.0.1 sample 1:0 local0", "wrong sample size '0' for sample range '1'"},
	{"127.0.0.1 sample :4 local0", "no sampling ranges given"},
	{"127.0.0.1 sample 1:2 sample 1:3 local0", "unknown log facility 'sample'"},
	{"global", ""},
	{"global local0", "invalid address: 'global' in 'global'"},
	{"[::1]:514 local0", ""},
	{"::1:514 local0", ""},
	{"ipv6@::1:514 local0", ""},
	{"udp6@[::1]:514 local0", ""},
	{"udp@[::1]:514 local0", ""},
	{"localhost:514 local0", ""},
	{"ipv4@localhost:514 local0", ""},
	{"udp4@127.0.0.1:514 local0", ""},
	{"[::1] local0", ""},
	{"127.0.0.1: local0", ""},
	{"127.0.0.1:0 local0", ""},
	{"*:514 local0", ""},
	{":514 local0", ""},
	{"127.0.0.1:+514 local0", "port offset not permitted here in '127.0.0.1:+514'"},
	{"127.0.0.1:514-515 local0", "port range not permitted here in '127.0.0.1:514-515'"},
	{"fd@x local0", "file descriptor 'x' is not a valid integer in 'fd@x'"},
	{"fd@99 local0", ""},
	{"stdout format raw local0", ""},
	{"stderr local0", ""},
	{"/nonexist/path local0", ""},
	{"abns@foo local0", ""},
}

// differences are what this package says other than HAProxy, with the reason.
var differences = map[string]string{
	"global local0": "a name that may be a host is resolved later, and never stops a start",
}

func parse(words string) (Target, error) {
	var t Target
	err := t.UnmarshalHAProxy(cfg.FromWords(cfg.Pos{File: "f", Line: 3}, append([]string{"log"}, strings.Fields(words)...)...))
	return t, err
}

func TestLines(t *testing.T) {
	for _, l := range lines {
		target, err := parse(l.words)
		want := l.err
		if differences[l.words] != "" {
			want = ""
		}
		switch {
		case want == "" && err != nil:
			t.Errorf("log %s: %v", l.words, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), "log : "+want)):
			t.Errorf("log %s: %v\nwant %s", l.words, err, want)
		case want == "":
			roundTrip(t, l.words, target)
		}
	}
	for _, words := range []string{"ring@foo local0", "tcp@127.0.0.1:514 local0", "uxst@/log local0"} {
		if _, err := parse(words); err == nil || !strings.Contains(err.Error(), "not supported yet") {
			t.Errorf("log %s: %v", words, err)
		}
	}
	for _, words := range []string{"foo/bar local0", "[::x]:3 local0", "ipv4@::1:3 local0", "ipv6@1.2.3.4 local0", "h:99999 local0",
		"unix@rel local0", "abns@ local0", "unix@/" + strings.Repeat("x", 107) + " local0", "fd@-1 local0", "h\xff local0", "/p\xff local0",
		"abns@\xff local0", "\x00 local0"} {
		if _, err := parse(words); err == nil {
			t.Errorf("log %s: no error", words)
		}
	}
}

func TestPort(t *testing.T) {
	for text, want := range map[string]string{
		"127.0.0.1": "127.0.0.1:514", "127.0.0.1:": "127.0.0.1:514", "127.0.0.1:0": "127.0.0.1:514", "127.0.0.1:99": "127.0.0.1:99",
		"[::1]": "[::1]:514", "::1:99": "[::1]:99", ":::99": "[::]:99", "*:99": "0.0.0.0:99", ":99": "0.0.0.0:99", "ipv6@*:99": "[::]:99",
	} {
		a, err := parseAddress(text)
		if err != nil || a.ip.String() != want {
			t.Errorf("%s: got %s %v, want %s", text, a.ip, err, want)
		}
	}
}

// roundTrip checks that JSON keeps a target and that Validate agrees with the parser.
func roundTrip(t *testing.T, words string, target Target) {
	t.Helper()
	if err := target.Validate(); err != nil {
		t.Errorf("log %s: Validate: %v", words, err)
	}
	b, err := json.Marshal(target)
	if err != nil {
		t.Fatal(err)
	}
	got := Target{Pos: target.Pos}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, target) {
		t.Errorf("log %s: %s", words, b)
	}
}

func TestSampleJSON(t *testing.T) {
	target, err := parse("127.0.0.1 sample 1,4-5:7 local0")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := json.Marshal(target)
	want := `{"address":"127.0.0.1","sample":{"ranges":[{"low":1,"high":1},{"low":4,"high":5}],"size":7},"facility":"local0"}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
}

func TestValidate(t *testing.T) {
	good := Target{Address: "127.0.0.1", Facility: "local0"}
	for name, change := range map[string]func(*Target){
		"address":  func(t *Target) { t.Address = "a/b" },
		"len":      func(t *Target) { t.Len = 79 },
		"format":   func(t *Target) { t.Format = "xml" },
		"facility": func(t *Target) { t.Facility = "local8" },
		"level":    func(t *Target) { t.Level = "silent" },
		"minimum":  func(t *Target) { t.MinLevel = "none" },
		"ranges":   func(t *Target) { t.Sample = &Sample{Size: 3} },
		"low":      func(t *Target) { t.Sample = &Sample{Ranges: []Range{{0, 1}}, Size: 3} },
		"overlap":  func(t *Target) { t.Sample = &Sample{Ranges: []Range{{1, 2}, {2, 3}}, Size: 3} },
		"size":     func(t *Target) { t.Sample = &Sample{Ranges: []Range{{1, 4}}, Size: 3} },
	} {
		bad := good
		change(&bad)
		if bad.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := Open(&bad); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
}

// TestOracleLines gives the same lines to haproxy -c.
func TestOracleLines(t *testing.T) {
	oracle.HAProxy(t)
	const linesEach = 5
	var text strings.Builder
	for i, l := range lines {
		fmt.Fprintf(&text, "frontend f%d\n mode http\n bind 127.0.0.1:%d\n timeout client 1s\n log %s\n", i, 20000+i, l.words)
	}
	path := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("haproxy", "-c", "-f", path).CombinedOutput()
	if err == nil {
		t.Fatalf("haproxy found no error: %s", out)
	}
	said := make(map[int]string)
	for _, m := range regexp.MustCompile(`parsing \[[^]]*:(\d+)\] : log : (.*)`).FindAllSubmatch(out, -1) {
		n, _ := strconv.Atoi(string(m[1]))
		said[(n-1)/linesEach] = string(m[2])
	}
	for i, l := range lines {
		if said[i] != l.err {
			t.Errorf("log %s: haproxy says %q, the table %q", l.words, said[i], l.err)
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, l := range lines {
		f.Add(l.words)
	}
	f.Fuzz(func(t *testing.T, words string) {
		if target, err := parse(words); err == nil {
			roundTrip(t, words, target)
		}
	})
}
