//go:build !linux

package notify

import (
	"errors"
	"os"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

var errFull = errors.New("full")

func openPipe(FIFO, script.Rules) (*os.File, bool, error) {
	return nil, false, errors.New("FIFOs are made only on Linux")
}
