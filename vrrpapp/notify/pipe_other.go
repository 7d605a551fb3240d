//go:build !linux

package notify

import (
	"errors"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

var errFull = errors.New("full")

type pipe struct{}

func (pipe) write(string) error { return errFull }

func (pipe) close() {}

func openPipe(FIFO, script.Rules) (pipe, bool, []string, error) {
	return pipe{}, false, nil, errors.New("FIFOs are made only on Linux")
}
