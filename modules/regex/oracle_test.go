package regex

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

// oraclePatterns bounds the patterns that one haproxy compares: each is an ACL with a pattern file.
const oraclePatterns = 300

// TestOracle checks with a running haproxy that the recorded corpus is what `-m reg` does: the options of its compile
// (bytes, no groups) and the handling of newlines and bytes above 0x7f.
func TestOracle(t *testing.T) {
	bin := oracle.HAProxy(t)
	dir := t.TempDir()
	rows := oracleRows(t)
	sock := filepath.Join(dir, "s")
	var b strings.Builder
	fmt.Fprintf(&b, "defaults\n mode http\n timeout client 5s\n timeout server 5s\n timeout connect 5s\nfrontend f\n bind unix@%s\n", sock)
	for i, r := range rows {
		raw, _ := hex.DecodeString(r.Pattern)
		file := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(file, append(raw, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
		flag := ""
		if r.IgnoreCase {
			flag = "-i"
		}
		fmt.Fprintf(&b, " http-request return status 200 if { path /%d } { req.hdr(x),b64dec -m reg %s -f %s }\n", i, flag, file)
	}
	b.WriteString(" http-request return status 404\n")
	runOracle(t, bin, filepath.Join(dir, "cfg"), b.String(), sock)
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", sock)
		},
	}}
	for i, r := range rows {
		for _, s := range r.Subjects {
			if bytes.IndexByte(s.text, 0) >= 0 || s.fail {
				continue
			}
			req, _ := http.NewRequest("GET", fmt.Sprintf("http://x/%d", i), nil)
			req.Header.Set("x", base64.StdEncoding.EncodeToString(s.text))
			res, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if got := res.StatusCode == 200; got != (s.loc != nil) {
				raw, _ := hex.DecodeString(r.Pattern)
				t.Errorf("%q i=%v on %q: haproxy %v, recorded %v", raw, r.IgnoreCase, s.text, got, s.loc)
			}
		}
	}
}

// oracleRows picks patterns of the corpus that can stand in a pattern file.
func oracleRows(t *testing.T) (rows []pcreRow) {
	t.Helper()
	f, err := os.Open("testdata/pcre.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 1<<20)
	for n := 0; scan.Scan() && len(rows) < oraclePatterns; n++ {
		var r pcreRow
		if err := json.Unmarshal(scan.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		raw, _ := hex.DecodeString(r.Pattern)
		if r.Error != "" || !r.NoCapture || len(raw) == 0 || strings.ContainsAny(string(raw), "\r\n\x00") || strings.ContainsRune("# \t", rune(raw[0])) {
			continue
		}
		rows = append(rows, r)
	}
	return rows
}

func runOracle(t *testing.T, bin, file, text, sock string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd := exec.Command(bin, "-db", "-f", file)
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for range 200 {
		if c, err := net.Dial("unix", sock); err == nil {
			c.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	t.Fatalf("haproxy does not start:\n%s", errs.String())
}
