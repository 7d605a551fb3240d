package hunt

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter"
)

// closing is the stable address of the frontend with option httpclose.
const closing = 2

// plan makes the configurations of a run.
type plan struct {
	noepoll bool // sessions on goroutines
	origins []*origin
	stable  [3]string // addresses that every configuration has: a plain frontend, abortonclose, httpclose
	unix    string
	moving  []string // of these, each configuration has some
	dead    string   // nobody listens there
	logs    string
}

// reserve finds n free addresses.
func reserve(n int) []string {
	var out []string
	var open []net.Listener
	for range n {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		open = append(open, ln)
		out = append(out, ln.Addr().String())
	}
	for _, ln := range open {
		ln.Close()
	}
	return out
}

// deadEnd is an address where nobody listens, nor can as long as it is taken.
func deadEnd(t *testing.T) string {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
}

const prelude = `
defaults
	mode http
	log global
	option httplog
	timeout connect 2s
	timeout client 4s
	timeout http-request 6s
	timeout http-keep-alive 6s
	timeout queue 300ms
	timeout tunnel 2s
	timeout client-fin 1s
	timeout server-fin 1s
	retries 2
	timeout server 1s
`

const rules = `
	capture request header X-Pad len 20
	capture response header X-Echo len 20
	http-request return status 403 if { path_beg /deny/ }
	http-request set-var(txn.path) path
	http-request set-header X-Added %[path,length]
	http-request del-header X-Drop
	http-response set-header X-Path-Was %[var(txn.path)]
	use_backend %[path,field(2,/)]
`

// text is one configuration.
func (p *plan) text(rng *rand.Rand) string {
	var b strings.Builder
	fmt.Fprintf(&b, "global\n\tnbthread %d\n", 1+rng.IntN(3))
	if p.noepoll {
		b.WriteString("\tnoepoll\n")
	}
	fmt.Fprintf(&b, "\tlog %s local0\n\tmaxconn %d\n\ttune.bufsize %d\n", p.logs, 300+rng.IntN(200), []int{16384, 16384, 32768, 20000}[rng.IntN(4)])
	b.WriteString(prelude)
	fmt.Fprintf(&b, "frontend plain\n\tbind %s\n\tbind %s\n", p.stable[0], p.unix)
	for _, m := range p.moving {
		if rng.IntN(2) == 0 {
			fmt.Fprintf(&b, "\tbind %s\n", m)
		}
	}
	b.WriteString(rules)
	fmt.Fprintf(&b, "frontend aborting\n\tbind %s maxconn 40\n\toption abortonclose\n%s", p.stable[1], rules)
	fmt.Fprintf(&b, "frontend closing\n\tbind %s\n\toption httpclose\n%s", p.stable[closing], rules)
	for _, be := range []struct{ name, words string }{
		{"clean", "timeout server 20s\ntimeout queue 20s\nretries 3"},
		{"always", "http-reuse always\noption abortonclose"},
		{"never", "http-reuse never"},
		{"aggressive", "http-reuse aggressive\nbalance leastconn"},
		{"queue", "option abortonclose\nbalance first"},
		{"retry", "retry-on all-retryable-errors\noption redispatch 1\nretries 3\noption abortonclose"},
		{"close", "option httpclose"},
		{"srvclose", "option http-server-close\noption http-pretend-keepalive"},
		{"rules", "http-request set-header X-Long %[path],%[path],%[rand(100000)]\nhttp-request replace-header X-Pad (.*) \\1\\1\nhttp-response del-header X-Pad\nhttp-response add-header X-Two a\nhttp-response set-status 202 if { status 201 }"},
		{"buffer", "option http-buffer-request"},
	} {
		fmt.Fprintf(&b, "backend %s\n\t%s\n", be.name, strings.ReplaceAll(be.words, "\n", "\n\t"))
		p.servers(&b, rng, be.name)
	}
	fmt.Fprintf(&b, "backend dead\n\tretries 1\n\ttimeout connect 50ms\n\tserver s %s\n", p.dead)
	return b.String()
}

// servers names some of the origins, under names that move between them.
func (p *plan) servers(b *strings.Builder, rng *rand.Rand, pool string) {
	for i := range 1 + rng.IntN(len(p.origins)) {
		words := ""
		switch pool {
		case "queue":
			words = fmt.Sprintf(" maxconn %d", 1+rng.IntN(2))
		case "clean", "always":
			words = fmt.Sprintf(" weight %d", 1+rng.IntN(10))
		}
		fmt.Fprintf(b, "\tserver s%d %s%s\n", i, p.origins[rng.IntN(len(p.origins))].addr, words)
	}
}

// load puts a configuration in force, in Caddy, without its admin endpoint.
func load(text string) error {
	body, _, err := haproxyadapter.Adapter{}.Adapt([]byte(text), nil)
	if err != nil {
		return err
	}
	var c map[string]any
	if err := json.Unmarshal(body, &c); err != nil {
		return err
	}
	c["admin"] = map[string]any{"disabled": true, "config": map[string]any{"persist": false}}
	c["logging"] = map[string]any{"logs": map[string]any{"default": map[string]any{"writer": map[string]any{"output": "discard"}}}}
	if body, err = json.Marshal(c); err != nil {
		return err
	}
	return caddy.Load(body, true)
}
