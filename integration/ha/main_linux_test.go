package ha

import (
	"fmt"
	"os"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/integration/binary"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// caddyBin is the program under test. TestMain builds it.
var caddyBin string

func TestMain(m *testing.M) {
	nstest.Parallel(16)
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "integration/ha:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "ha")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if caddyBin, err = binary.Build(dir); err != nil {
		return 0, err
	}
	return m.Run(), nil
}
