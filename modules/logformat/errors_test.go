package logformat

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
)

// texts are format strings that HAProxy takes or refuses; its messages are in testdata/errors.txt.
var texts = []string{
	"%", "%%", "%%%", "a%", "%{", "%{+Q", "%{+Q}", "%{+Q}o", "%{+Z}B", "%{Q}B", "%[", "%[src", "%[src]x", "%[foo]", "%[src,foo]",
	"%[]", "%{+Q}[src]", "%xyz", "%B1", "%cix", "%ci_%cp", "%{+Q}%r", "% r", "a % r", "%{}B", "%o", "%_", "%-", "%1", "ab%1",
	"%{+Q}1", "%{+Q}_", "%{+Q} CC", "%{+Q}{+E}CC", "%[req.hdr(x)]", "%[res.hdr(x)]", "%[path]", "%[path,lower]", "%[req.body]", "%[path ]",
	"%[ path]", "%[src ]x", "%[src x]", "%[src,lower ]", "%{+Q}[foo]", "%[capture.req.hdr(0)]", "%[str(a]b)]", "%T%t%Ts%tsc%trlx",
	"%HPOX", "%r", "%CC", "%tr", "%Tq", "%hr", "%hs", "%ST", "%tsc", "%ID", "%HM %ci", "%{+Q}o %r", "%é",
}

const errorGoldens = "testdata/errors.txt"

func compileError(text string, tcp bool) string {
	_, err := Compile(&sample.Env{Where: sample.Log}, text, Options{TCP: tcp})
	if err == nil {
		return ""
	}
	return err.Error() + "." // the keyword's
}

func TestErrors(t *testing.T) {
	f, err := os.Open(errorGoldens)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	count := 0
	for sc := bufio.NewScanner(f); sc.Scan(); count++ {
		mode, rest, _ := strings.Cut(sc.Text(), "\t")
		quoted, want, _ := strings.Cut(rest, "\t")
		text, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatal(err)
		}
		if got := compileError(text, mode == "tcp"); got != want {
			t.Errorf("mode %s: %s\ngot     %s\nhaproxy %s", mode, text, got, want)
		}
	}
	if count != 2*len(texts) {
		t.Errorf("%d goldens for %d texts: run with -update", count, len(texts))
	}
}

// TestOracleErrors asks haproxy -c; with -update it records.
func TestOracleErrors(t *testing.T) {
	oracle.HAProxy(t)
	var golden strings.Builder
	for _, mode := range []string{"http", "tcp"} {
		said := ask(t, mode)
		for i, text := range texts {
			want := said[i]
			fmt.Fprintf(&golden, "%s\t%q\t%s\n", mode, text, want)
			if got := compileError(text, mode == "tcp"); got != want {
				t.Errorf("mode %s: %s\ngot     %s\nhaproxy %s", mode, text, got, want)
			}
		}
	}
	if *update {
		if err := os.WriteFile(errorGoldens, []byte(golden.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// ask gives haproxy -c one frontend for each text and says what it answers to each.
func ask(t *testing.T, mode string) map[int]string {
	t.Helper()
	const linesEach = 6
	var cfg strings.Builder
	for i, text := range texts {
		fmt.Fprintf(&cfg, "frontend f%d\n mode %s\n bind 127.0.0.1:%d\n log stderr local0\n log-format %s\n capture request header Host len 9\n",
			i, mode, 20000+i, quote(text))
	}
	path := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(path, []byte(cfg.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("haproxy", "-c", "-f", path).CombinedOutput()
	if err == nil {
		t.Fatalf("haproxy found no error: %s", out)
	}
	said := make(map[int]string)
	message := regexp.MustCompile(`Parsing \[[^]]*:(\d+)\]: failed to parse log-format : (.*)`)
	for _, m := range message.FindAllSubmatch(out, -1) {
		line, _ := strconv.Atoi(string(m[1]))
		said[(line-1)/linesEach] = string(m[2])
	}
	return said
}

// FuzzCompile: no text panics, and what compiles can be written.
func FuzzCompile(f *testing.F) {
	for _, text := range texts {
		f.Add(text, byte(0))
	}
	f.Add(HTTPLog, byte(1))
	f.Add(CLF, byte(2))
	r := request()
	f.Fuzz(func(t *testing.T, text string, kind byte) {
		format, err := Compile(nil, text, Options{Kind: Kind(kind % 4)})
		if err == nil {
			format.Append(nil, r)
			format.Append(nil, r)
		}
	})
}
