package integration

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"
)

// TestLargeBodies sends bodies around the sizes of the engine's buffers, and long ones, both ways and in each framing.
func TestLargeBodies(t *testing.T) {
	needPrograms(t)
	body := make([]byte, 5<<20)
	if _, err := rand.NewChaCha8([32]byte{1}).Read(body); err != nil {
		t.Fatal(err)
	}
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost { // echo, once everything is there
			got, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			w.Header().Set("Content-Length", strconv.Itoa(len(got)))
			_, _ = w.Write(got)
			return
		}
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		switch r.URL.Path {
		case "/length":
			w.Header().Set("Content-Length", strconv.Itoa(n))
		case "/close":
			w.Header().Set("Connection", "close")
			w.Header().Set("Transfer-Encoding", "identity")
		}
		_, _ = w.Write(body[:n])
	}))
	defer origin.Close()
	port := freePort(t)
	start(t, ours, fmt.Sprintf(`defaults
 mode http
 timeout connect 5s
 timeout client 20s
 timeout server 20s
listen l
 bind 127.0.0.1:%d
 server s 127.0.0.1:%d
`, port, origin.Listener.Addr().(*net.TCPAddr).Port), port)
	client := &http.Client{Timeout: 20 * time.Second}
	for _, n := range []int{0, 1, 16<<10 - 300, 16 << 10, 64<<10 - 1, 64 << 10, 64<<10 + 1, 64<<10 + 20000, 5 << 20} {
		for _, framing := range []string{"length", "chunked", "close"} {
			t.Run(fmt.Sprintf("%s %d", framing, n), func(t *testing.T) {
				resp, err := client.Get(fmt.Sprintf("http://%s/%s?n=%d", addr(port), framing, n))
				sameBody(t, resp, err, body[:n])
			})
		}
		t.Run(fmt.Sprintf("echo %d", n), func(t *testing.T) {
			resp, err := client.Post("http://"+addr(port)+"/", "application/octet-stream", bytes.NewReader(body[:n]))
			sameBody(t, resp, err, body[:n])
		})
	}
}

func sameBody(t *testing.T, resp *http.Response, err error, want []byte) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || !bytes.Equal(got, want) {
		t.Errorf("status %d, %d bytes, want 200 and the same %d bytes", resp.StatusCode, len(got), len(want))
	}
}
