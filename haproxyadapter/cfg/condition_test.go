package cfg

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var conditionOptions = &Options{
	LookupEnv: testLookup,
	Version:   "2.6.12-1+deb12u4",
	Features:  map[string]bool{"OPENSSL": true, "ACCEPT4": true, "51DEGREES": false},
}

// conditions hold an expression as given to -cc and what comes of it: t, f, or ! for an error.
var conditions = []struct {
	want string
	list []string
}{
	{"t", []string{
		"1", "-1", "+1", "01", "0x1", " 1", "1 ", "\t1", "!0", "!!1", "(1)", "((1))", "( 1 )", "1&&1", "1 && 1", "1||0", "0 || 1", "1 && (0 || 1)", "!(1 && 0)",
		"0 && 0 || 1", "1 || 0 && 0", "99999999999999999999", "010", "1 && 1 && 0 || 1 && 1", `"1"`, "!( 0 )", "(streq(a,b)||streq(a,a))&&1", "!streq(a,b)",
		"defined(A)", `defined("A")`, `defined(\x41)`, "feature(OPENSSL)", "feature()", "feature", "streq(a,a)", `streq("a b","a b")`, "streq(,)", "streq(a b,a b)",
		"streq(a\tb,a b)", `streq("$A",1)`, `streq("${NOPE-x}",x)`, `streq(a"b",ab)`, `streq(a\ b,a b)`, "streq(a#b,a#b)", "streq((,()",
		`'streq("a)","a)")'`, `'streq("a,b","a,b")'`, `'streq(a\nb,"a\nb")'`, `'streq("a\"b",a\"b)'`, `'streq(\q,\\q)'`, `"streq('a,b',\"a,b\")"`, `'streq("a\ b","a b")'`, `'streq(a\n\r\tb,"a\n\r\tb")'`,
		"strneq(a,b)", "version_atleast(2.6)", "version_atleast(2.6.12)", "version_atleast(2.6.12-1+deb12u4)", "version_atleast(2.6.12-dev1)", "version_atleast(2.6-dev5)",
		"version_atleast(2)", "version_atleast()", "version_atleast(x)", "version_atleast(2.x)", "version_atleast(2.6.12x)", "version_atleast(2.6.13x)", "version_atleast(3.x)",
		"version_atleast(2.6.12.0)", "version_atleast(2.6.11.9)", "version_atleast(2..6)", "version_atleast(2.6.12-0)", "version_atleast(2.6.12-rc1)", "version_atleast(2.6.12-pre1-7)",
		"version_atleast(2.6.12-5-abc)", "version_atleast(2.6.12.0.0.1)", "version_before(2.6.12-1)", "version_before(2.6.13)", "version_before(2.6.13-dev1)", "version_before(2.7-dev1)",
		"openssl_version_atleast(3.0.0)", "openssl_version_atleast(1.1.1)", "openssl_version_atleast(1.1.1k)", "openssl_version_atleast(3.0.0-beta1)", "openssl_version_before(3.5.0)",
		"openssl_version_atleast(1.1.1-pre3)", "openssl_version_atleast( 3.0.0)", "openssl_version_before(3.0.1)", "openssl_version_atleast(3.0.0r)",
		"ssllib_name_startswith(OpenSSL)", "ssllib_name_startswith(Open)", "ssllib_name_startswith()", strings.Repeat("(", 340) + "1" + strings.Repeat(")", 340),
		strings.Repeat("!", 2000) + "1", strings.Repeat("1 && ", 31) + "1", strings.Repeat("(1)&&", 400) + "1",
	}},
	{"f", []string{
		"", "0", "00", "-0", "0x0", "!1", "! 1", "!-1", "1 && 0", "!1 && 0", "0 || 0", `"0"`, "'0'", "(0)", "defined(NOPE)", "defined()", "defined", "defined( A )", "defined($A)",
		`defined("$A")`, "defined(.LINE)", "feature(openssl)", "feature(NOPE)", "feature(51DEGREES)", "feature(+OPENSSL)", "feature(OPENSS)", "streq(a,b)", "streq(a,)", "streq(,a)",
		"streq(a, a)", "streq( a,a)", "streq(A,a)", "streq($A,1)", `"streq('a\\\\b',a\\\\b)"`, "strneq(a,a)", `'streq(\x41,A)'`, `'streq(\$,$)'`, `'streq("$A",1)'`, `'streq(\q,q)'`, `'streq(a\#b,a#b)'`,
		"version_atleast(2.6.13)", "version_atleast(2.6.12-1)", "version_atleast(2.6.12-1234)", "version_atleast(2.7-dev1)", "version_atleast(3)", "version_atleast(2.6.12.1)",
		"version_atleast(2.6.12-abc-5)", "version_atleast(2.6.12-1-2)", "version_atleast(3.)", "version_atleast(2.6.13-rc1)", "version_before(2.6.12)", "version_before(x)",
		"version_before(2.6.12-1+deb)", "version_before()", "openssl_version_atleast(3.0.1)", "openssl_version_atleast(3.0.22)", "openssl_version_before(3.0.0)",
		"openssl_version_before(1.1.1)", "openssl_version_atleast(3.0.0z)", "ssllib_name_startswith(openssl)", "ssllib_name_startswith(Lib)",
	}},
	{"!", []string{
		" ", "a", "!", "()", "(1", "1)", "(", "0&&x", "1||x", "x||1", "1 && x", "1 &&", "1 ||", "&& 1", "1 & 1", "1 | 1", "1 1", "1x", "--1", "1 || 1 && garbage", "0 && garbage || 1",
		"defined(A,x)", "defined(A", "defined (A)", "defined(A) x", "Defined(A)", "definedx(a)", "feature(OPENSSL,PCRE)", "streq(a)", "streq()", "streq(a,a,b)", "streq", "streq(", "streq(a,b",
		`streq("a,b","a,b")`, `'streq(a\)b,"a)b")'`, `'streq("a,b)'`, `'streq(a\'`, `'streq(a,b\'`, "version_atleast(2,6)", "1)(", "1 # x", `"`, `streq("a,a)`, "1;1", `\1`, "(1)(1)", "(1) 1",
		"()1", "!()", "(!)", "( )", "defined(A)defined(A)", "1 || 1 ||", "(1 ||", "(1 &&", "1 && 1 &&", "1 && (", "1 && !", "1 && (1 ||", "(!(", "1 && !!(", "0x", "0x1g", "08", "1_", "!x", "!(x", "! x y", "(1 x)",
		"1 && (1 x", "1 || (x)", strings.Repeat("1 && ", 100) + "1", "unknown(1)",
	}},
}

func TestEvalCondition(t *testing.T) {
	for _, group := range conditions {
		for _, expr := range group.list {
			if got := outcome(EvalCondition(expr, conditionOptions)); got != group.want {
				t.Errorf("%.60q: got %s, want %s", expr, got, group.want)
			}
		}
	}
}

func outcome(v bool, err error) string {
	switch {
	case err != nil:
		return "!"
	case v:
		return "t"
	}
	return "f"
}

// TestOracleCondition runs the same expressions through `haproxy -cc`: outcome and message must be ours.
func TestOracleCondition(t *testing.T) {
	dir := t.TempDir()
	for _, group := range conditions {
		for _, expr := range group.list {
			want, message := conditionOracle(t, dir, expr)
			v, err := EvalCondition(expr, conditionOptions)
			if got := outcome(v, err); got != want {
				t.Errorf("%.60q: haproxy says %s (%s), we %s (%v)", expr, want, message, got, err)
			}
			if err == nil || !strings.HasPrefix(message, "Failed to") {
				continue
			}
			if diff := cmp.Diff(strings.ToLower(message[:1])+message[1:], err.Error()); diff != "" {
				t.Errorf("%.60q (-haproxy +ours):\n%s", expr, diff)
			}
		}
	}
}

func conditionOracle(t *testing.T, dir, expr string) (outcome, message string) {
	t.Helper()
	cmd := oracleCommand(t, dir, "-cc", expr)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	_, message, _ = strings.Cut(stderr.String(), " : config : ")
	message = strings.TrimSuffix(message, "\n")
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "t", message
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		return "f", message
	}
	return "!", message
}

// TestNewerPredicates are unknown to HAProxy 2.6: configurations written for later versions use them.
func TestNewerPredicates(t *testing.T) {
	opt := &Options{LookupEnv: testLookup, Enabled: map[string]bool{"EPOLL": true, "SPLICE": false}}
	for expr, want := range map[string]string{
		"strstr(abc,b)": "t", "strstr(abc,d)": "f", "strstr(abc,)": "t", "strstr(abc)": "!", "enabled(EPOLL)": "t", "enabled(SPLICE)": "f", "enabled(NOPE)": "!",
		"strstr(a,a) && strstr(b,c)": "f",
	} {
		if got := outcome(EvalCondition(expr, opt)); got != want {
			t.Errorf("%s: got %s, want %s", expr, got, want)
		}
	}
	_, diags := Parse([]File{{Name: "f", Body: []byte(".if strstr(ab,a)\nx\n.endif\n")}}, opt)
	want := "[WARNING]  config : parsing [f:1]: predicate 'strstr' is unknown to HAProxy 2.6."
	if len(diags) != 1 || diags[0].String() != want {
		t.Errorf("got %v, want %q", diags, want)
	}
}

func TestConditionErrors(t *testing.T) {
	for _, expr := range []string{"openssl_version_atleast(x)", "openssl_version_atleast(3.0)", "openssl_version_before(3.0.0?)"} {
		if _, err := EvalCondition(expr, nil); err == nil || !strings.Contains(err.Error(), "invalid OpenSSL version") {
			t.Errorf("%s: got error %v", expr, err)
		}
	}
	_, err := EvalCondition(strings.Repeat("(", 341)+"1"+strings.Repeat(")", 341), nil)
	if err == nil || !strings.Contains(err.Error(), "unparsable conditional sub-expression") {
		t.Errorf("341 parentheses: got error %v", err)
	}
}

func TestVersionOrder(t *testing.T) {
	ordered := []string{"2.4", "2.5-dev1", "2.5-dev2", "2.5-dev10", "2.5-rc1", "2.5", "2.5-3", "2.5-abc-4", "2.5.1", "2.6-dev1-7", "2.6-dev1-9", "2.6.12", "2.10", "3.0"}
	for i := range ordered[1:] {
		a, b := ordered[i], ordered[i+1]
		if compareVersions(a, b) >= 0 || compareVersions(b, a) <= 0 || compareVersions(a, a) != 0 {
			t.Errorf("%s is not before %s", a, b)
		}
	}
}
