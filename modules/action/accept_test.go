package action

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

// A check is one case of testdata/accept.txt: lines of a listen section and what `haproxy -c` says about them.
type check struct {
	line    int
	rules   []string
	haproxy string // "ok", or the first error's text
	ours    string // when it is not the same
	why     string // why it is not
}

const acceptFile = "testdata/accept.txt"

// TestAccept reads and compiles every case and compares the verdict, and the error's text, with HAProxy's.
func TestAccept(t *testing.T) {
	for _, c := range readChecks(t) {
		t.Run(strconv.Itoa(c.line), func(t *testing.T) {
			got := verdict(c.rules)
			want := c.haproxy
			if c.ours != "" {
				want = c.ours
			}
			if got != want {
				t.Errorf("%s\n ours: %s\n want: %s", strings.Join(c.rules, "\n"), got, want)
			}
			if c.ours == c.haproxy {
				t.Errorf("line %d is said to differ, but does not", c.line)
			}
		})
	}
}

// verdict is what we say about the lines.
func verdict(rules []string) string {
	_, _, err := compileProxy(rules)
	if err == nil {
		return "ok"
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return plainMessage(first)
}

var (
	position  = regexp.MustCompile(`^\[ALERT\] *(\(\d+\) : )?(config : )?(parsing \[[^]]*\] ?: ?)?`)
	inProxy   = regexp.MustCompile(`in proxy 'p' `)
	knownList = regexp.MustCompile(`expects ('[^ ]*', )+but got`)
)

// plainMessage takes off a message what only HAProxy, or only we, put around it.
func plainMessage(s string) string {
	s = inProxy.ReplaceAllString(position.ReplaceAllString(s, ""), "")
	s = knownList.ReplaceAllString(s, "expects ..., but got")
	s = strings.TrimPrefix(s, "Proxy 'p': ")
	return strings.TrimRight(s, ". \n")
}

// TestAcceptOracle asks HAProxy again.
func TestAcceptOracle(t *testing.T) {
	bin := oracle.HAProxy(t)
	list := readChecks(t)
	answers := make([]string, len(list))
	slots := make(chan struct{}, 4)
	var wg sync.WaitGroup
	dir := t.TempDir()
	for i := range list {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			answers[i] = askVerdict(bin, filepath.Join(dir, strconv.Itoa(i)), list[i].rules)
		})
	}
	wg.Wait()
	for i := range list {
		c := &list[i]
		switch {
		case *update:
			c.haproxy = answers[i]
		case c.haproxy != answers[i]:
			t.Errorf("%s:%d: HAProxy says %q, recorded %q", acceptFile, c.line, answers[i], c.haproxy)
		}
	}
	if *update {
		writeChecks(t, list)
	}
}

func askVerdict(bin, file string, rules []string) string {
	text := "defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\nlisten p\n bind :9\n " +
		strings.Join(rules, "\n ") + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return err.Error()
	}
	out, err := exec.Command(bin, "-c", "-f", file).CombinedOutput()
	if err == nil {
		return "ok"
	}
	for l := range strings.Lines(string(out)) {
		if strings.HasPrefix(l, "[ALERT]") {
			return plainMessage(strings.TrimRight(l, "\n"))
		}
	}
	return "error without a message"
}

func readChecks(t *testing.T) []check {
	t.Helper()
	f, err := os.Open(acceptFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []check
	var c check
	n := 0
	for sc := bufio.NewScanner(f); sc.Scan(); {
		n++
		key, value, _ := strings.Cut(sc.Text(), " ")
		switch key {
		case "rule":
			if c.haproxy != "" {
				list, c = append(list, c), check{}
			}
			if c.line == 0 {
				c.line = n
			}
			c.rules = append(c.rules, value)
		case "haproxy":
			c.haproxy = value
		case "ours":
			c.ours = value
		case "why":
			c.why = value
		}
		if key == "" && len(c.rules) > 0 {
			list, c = append(list, c), check{}
		}
	}
	if len(c.rules) > 0 {
		list = append(list, c)
	}
	return list
}

func writeChecks(t *testing.T, list []check) {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Lines of a listen section, what `haproxy -c` of 2.6.12 says about them (go test -update), and what we say\n" +
		"# where that is something else, with the reason. Positions, proxy names and lists of known words are left out.\n")
	for _, c := range list {
		b.WriteString("\n")
		for _, r := range c.rules {
			b.WriteString("rule " + r + "\n")
		}
		fmt.Fprintf(&b, "haproxy %s\n", c.haproxy)
		if c.ours != "" {
			fmt.Fprintf(&b, "ours %s\nwhy %s\n", c.ours, c.why)
		}
	}
	if err := os.WriteFile(acceptFile, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}
