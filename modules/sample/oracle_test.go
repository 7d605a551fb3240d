package sample

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

var update = flag.Bool("update", false, "record HAProxy's answers in the golden files")

// TestOracle asks HAProxy for the value of every expression in the golden files.
func TestOracle(t *testing.T) {
	bin := oracle.HAProxy(t)
	for _, file := range goldenFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			groups := readGolden(t, file)
			for _, g := range groups {
				askHAProxy(t, bin, file, g)
			}
			if *update {
				writeGolden(t, file, groups)
			}
		})
	}
}

// askHAProxy fills in or compares the rows of one group.
func askHAProxy(t *testing.T, bin, file string, g *group) {
	t.Helper()
	server := rawServer(t, g.response)
	var body string
	var err error
	// HAProxy listens with SO_REUSEPORT: when another test's took the same port meanwhile, the token is not ours.
	for range 5 {
		if body, err = runHAProxy(t, bin, g, server); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatalf("%s:%d: %v", file, g.line, err)
	}
	for i, r := range g.rows {
		got := answer(t, body, i, r)
		switch {
		case *update:
			r.want = got
		case got != r.want:
			t.Errorf("%s:%d: HAProxy: %s = %s, recorded %s", file, r.line, r.expr, got, r.want)
		}
	}
}

// runHAProxy starts HAProxy for one exchange.
func runHAProxy(t *testing.T, bin string, g *group, server string) (string, error) {
	t.Helper()
	addr := freeAddr(t)
	token := fmt.Sprintf("<end %d>", rand.Uint64())
	config := filepath.Join(t.TempDir(), "h.cfg")
	if err := os.WriteFile(config, []byte(oracleConfig(t, g, addr, server, token)), 0o600); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd := exec.Command(bin, "-db", "-f", config)
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	body, err := exchange(addr, g.request, token)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, errs.String())
	}
	return body, nil
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// rawServer answers every connection with the same bytes.
func rawServer(t *testing.T, response string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(5 * time.Second))
				_, _ = c.Read(make([]byte, 65536))
				_, _ = io.WriteString(c, response)
				_, _ = io.Copy(io.Discard, c)
			}()
		}
	}()
	return l.Addr().String()
}

// oracleConfig makes each value visible: one answer holds all values of the group.
func oracleConfig(t *testing.T, g *group, addr, server, token string) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, oracleHead, addr, server)
	set := "http-request"
	for _, r := range g.rules {
		fmt.Fprintf(&b, " http-request %s\n", r)
	}
	if g.response != "" {
		set = "http-response"
	}
	text := ""
	for i, r := range g.rows {
		e := cfgQuote(r.expr)
		if r.acl {
			fmt.Fprintf(&b, " %s set-var(txn.o%d) bool(true) if { %s -m str %s }\n", set, i, e, cfgQuote(r.any))
			text += fmt.Sprintf("<%d>%%[var(txn.o%d)]|", i, i)
			continue
		}
		fmt.Fprintf(&b, " %s set-var(txn.o%d) %s\n %s set-var(txn.f%d) bool(true) if { var(txn.o%d) -m found }\n", set, i, e, set, i, i)
		text += fmt.Sprintf("<%d>%%[var(txn.f%d)]|%%[var(txn.o%d)%s]", i, i, i, oracleHex(t, r.expr))
	}
	fmt.Fprintf(&b, " %s return status 200 content-type text/plain lf-string %s\n", set, cfgQuote(text+token))
	return b.String()
}

const oracleHead = `global
 node sample.test
 setenv SAMPLE_TEST env\ value
defaults
 mode http
 timeout client 5s
 timeout server 5s
 timeout connect 5s
userlist people
 group g1
 group g2
 user alice insecure-password secret
 user bob insecure-password b:b groups g1,g2
listen site
 id 77
 bind %s name front id 5
 declare capture request len 10
 server s1 %s weight 10 maxconn 7 maxqueue 9 id 3
`

func oracleHex(t *testing.T, expr string) string {
	t.Helper()
	e, err := Compile(testEnv(), expr)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	switch e.Out() {
	case txn.Bool, txn.Int, txn.IPv4, txn.IPv6, Addr:
		return ""
	}
	return ",hex"
}

// cfgQuote quotes one word of a configuration line.
func cfgQuote(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `'`, `\'`, " ", `\ `, "#", `\#`, "\n", `\n`).Replace(s)
}

// exchange sends raw bytes and returns the answer's body.
func exchange(addr, request, token string) (string, error) {
	var c net.Conn
	var err error
	for range 100 {
		if c, err = net.Dial("tcp", addr); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		return "", err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err = io.WriteString(c, request); err != nil {
		return "", err
	}
	var all []byte
	for buf := make([]byte, 65536); !bytes.Contains(all, []byte(token)); {
		n, err := c.Read(buf)
		all = append(all, buf[:n]...)
		if err != nil {
			return "", fmt.Errorf("%w after %q", err, all)
		}
	}
	_, body, _ := strings.Cut(string(all), "\r\n\r\n")
	return body, nil
}

// answer cuts row i out of the body and writes it as the golden file does.
func answer(t *testing.T, body string, i int, r *row) string {
	t.Helper()
	_, s, ok := strings.Cut(body, fmt.Sprintf("<%d>", i))
	if !ok {
		t.Fatalf("no row %d in %q", i, body)
	}
	s, _, _ = strings.Cut(s, "<")
	found, value, _ := strings.Cut(s, "|")
	switch {
	case r.acl:
		return strconv.FormatBool(found == "1")
	case found != "1":
		return "none"
	case oracleHex(t, r.expr) != "":
		b, err := hex.DecodeString(value)
		if err != nil {
			t.Fatalf("%s: %q: %v", r.expr, value, err)
		}
		value = string(b)
	}
	return strconv.Quote(value)
}
