package integration

import (
	"net"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"unsafe"
)

// text is b as a string without a copy.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

const helloAnswer = "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"

// raceDetector says that it watches this process: it makes pools forget things, so that nothing can be measured.
var raceDetector bool

// measureElsewhere runs the test in a process without the race detector.
func measureElsewhere(t *testing.T) {
	t.Helper()
	cmd := exec.Command("go", "test", "-count=1", "-run", "^"+t.Name()+"$", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "INTEGRATION_BIN="+caddyBin)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestHotPath shows that a request in steady state allocates nothing anywhere in the process, whose engine, client and
// server are the only ones that work.
func TestHotPath(t *testing.T) {
	needPrograms(t)
	if raceDetector {
		measureElsewhere(t)
		return
	}
	sink, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	plain := "defaults\n mode http\n timeout client 10s\n timeout connect 1s\n timeout server 10s\n" +
		"frontend f\n bind @PORT\n default_backend b\nbackend b\n server a @S0\n server b @S1\n"
	get := "GET /index.html HTTP/1.1\r\nHost: www.itnihao.cn\r\nUser-Agent: test\r\nReferer: http://x/\r\nCookie: a=b; SERVERID=web1\r\n\r\n"
	for _, c := range []struct{ name, cfg string }{
		{"plain", plain},
		{"httplog", strings.Replace(plain, " mode http\n", " mode http\n log "+sink.LocalAddr().String()+" local0\n option httplog\n", 1)},
		{"full.cfg", keepAliveFull(t, sink.LocalAddr().String())},
		{"chunked", plain},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer, tail := helloAnswer, "hello"
			if c.name == "chunked" {
				answer, tail = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "\r\n0\r\n\r\n"
			}
			port := freePort(t)
			load(t, strings.NewReplacer("@PORT", addr(port), "@S0", plainServer(t, answer), "@S1", plainServer(t, answer)).Replace(c.cfg))
			defer unload(t)
			a := newAsker(t, port, get, tail)
			got := mallocs(t, a, 5000)
			// A timer may have fallen into it, and each of Go's processors fills its own part of a sync.Pool once.
			for try := 0; got > 0 && try < 9; try++ {
				got = min(got, mallocs(t, a, 5000))
			}
			if got > 0 {
				t.Errorf("%.4f allocations per request", got)
			}
		})
	}
}

// keepAliveFull is the tutorial's full.cfg with keep-alive, with its captures where the traffic is, and with checks that
// stay out of the measurement.
func keepAliveFull(t *testing.T, log string) string {
	cfg := strings.NewReplacer(
		"option httpclose", "#option httpclose", "/etc/haproxy/errorfiles", errorPages(t), "log 127.0.0.1 ", "log "+log+" ",
		"inter 1500", "inter 600s", "bind 0.0.0.0:80 ", "bind @PORT ", "192.168.16.2:80", "@S0", "192.168.16.3:80", "@S1",
		"0.0.0.0:65532", addr(freePort(t)), "0.0.0.0:1081", addr(freePort(t)),
	).Replace(tutorialText(t, "full.cfg"))
	captures := strings.Join(regexp.MustCompile(`(?m)^ +capture .*$`).FindAllString(cfg, -1), "\n")
	return strings.Replace(cfg, "frontend http_80_in\n", "frontend http_80_in\n"+captures+"\n", 1)
}

// mallocs is the number of allocations per request, after a warm-up and with the collector off: what it would empty are
// the pools.
func mallocs(t *testing.T, a *asker, n int) float64 {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	if !a.ask(1000) {
		t.Fatalf("a request failed: %q", a.buf[:200])
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ok := a.ask(n)
	runtime.ReadMemStats(&after)
	if !ok {
		t.Fatal("a request failed")
	}
	return float64(after.Mallocs-before.Mallocs) / float64(n)
}
