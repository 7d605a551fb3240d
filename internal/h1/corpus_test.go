package h1

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A row is one exchange that went through HAProxy 2.6.12 (testdata/README.md has the format).
type row struct {
	comment []string // lines in front of the row
	name    string
	conf    string
	line    int
	// unstable says why HAProxy's answer differs from run to run; the row then holds what this package does
	unstable string

	// what was put in
	fromClient  []byte
	fromServer  []byte
	serverClose bool

	// what came out
	toServer     []byte
	serverClosed bool
	toClient     []byte
	verdict      int // status of HAProxy's own answer; 0 when it forwarded the server's
	clientClosed bool
}

const defaultAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

func corpusFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	return files
}

func readCorpus(t testing.TB, file string) []*row {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows []*row
	var comment []string
	var cur *row
	sc := bufio.NewScanner(bytes.NewReader(text))
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := sc.Text()
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, "#") {
			comment = append(comment, line)
			continue
		}
		key, val, _ := strings.Cut(line, " ")
		if key == "row:" {
			cur = &row{name: val, conf: "keep-alive", line: n, comment: comment, fromServer: []byte(defaultAnswer)}
			comment = nil
			rows = append(rows, cur)
			continue
		}
		if cur == nil {
			t.Fatalf("%s:%d: line before the first row", file, n)
		}
		if err := cur.set(key, val); err != nil {
			t.Fatalf("%s:%d: %v", file, n, err)
		}
	}
	return rows
}

func (r *row) set(key, val string) error {
	switch key {
	case "conf:":
		r.conf = val
		return nil
	case "unstable:":
		r.unstable = val
		return nil
	case "client>":
		return appendQuoted(&r.fromClient, val)
	case "server>":
		if val == "close" {
			r.serverClose = true
			return nil
		}
		if string(r.fromServer) == defaultAnswer {
			r.fromServer = nil
		}
		return appendQuoted(&r.fromServer, val)
	case "server<":
		if val == "close" {
			r.serverClosed = true
			return nil
		}
		return appendQuoted(&r.toServer, val)
	case "client<":
		if val == "close" {
			r.clientClosed = true
			return nil
		}
		if status, err := strconv.Atoi(val); err == nil {
			r.verdict = status
			return nil
		}
		return appendQuoted(&r.toClient, val)
	}
	return fmt.Errorf("unknown key %q", key)
}

func appendQuoted(dst *[]byte, val string) error {
	s, err := strconv.Unquote(val)
	if err != nil {
		return fmt.Errorf("%s: %w", val, err)
	}
	*dst = append(*dst, s...)
	return nil
}

// write renders the row as readCorpus reads it.
func (r *row) write(w *bytes.Buffer) {
	w.WriteByte('\n')
	for _, c := range r.comment {
		fmt.Fprintln(w, c)
	}
	fmt.Fprintf(w, "row: %s\n", r.name)
	if r.conf != "keep-alive" {
		fmt.Fprintf(w, "conf: %s\n", r.conf)
	}
	if r.unstable != "" {
		fmt.Fprintf(w, "unstable: %s\n", r.unstable)
	}
	writeLines(w, "client>", r.fromClient)
	writeIf(w, len(r.fromServer) == 0, `server> ""`)
	if string(r.fromServer) != defaultAnswer {
		writeLines(w, "server>", r.fromServer)
	}
	writeIf(w, r.serverClose, "server> close")
	writeLines(w, "server<", r.toServer)
	writeIf(w, r.serverClosed, "server< close")
	if r.verdict != 0 {
		fmt.Fprintf(w, "client< %d\n", r.verdict)
	}
	writeLines(w, "client<", r.toClient)
	writeIf(w, r.clientClosed, "client< close")
}

func writeIf(w *bytes.Buffer, cond bool, line string) {
	if cond {
		fmt.Fprintln(w, line)
	}
}

// writeLines quotes b, one line of the file for each line of b.
func writeLines(w *bytes.Buffer, key string, b []byte) {
	for _, l := range bytes.SplitAfter(b, []byte("\n")) {
		if len(l) > 0 {
			fmt.Fprintf(w, "%s %s\n", key, quote(l))
		}
	}
}

// quote is strconv.Quote, but with every byte above 0x7e as \x: the inputs are bytes, not UTF-8.
func quote(b []byte) string {
	out := []byte{'"'}
	for _, c := range b {
		switch {
		case c >= 0x7f:
			out = fmt.Appendf(out, `\x%02x`, c)
		default:
			q := strconv.AppendQuote(nil, string(rune(c)))
			out = append(out, q[1:len(q)-1]...)
		}
	}
	return string(append(out, '"'))
}
