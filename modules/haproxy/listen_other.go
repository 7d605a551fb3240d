//go:build !linux

package haproxy

import (
	"errors"
	"syscall"
)

// control refuses the socket options that only Linux has.
func (o *BindOptions) control(string, string, syscall.RawConn) error {
	if o.Interface != "" || o.Tfo || o.MSS != 0 || o.DeferAccept || o.Transparent {
		return errors.New("the bind options interface, tfo, mss, defer-accept and transparent need Linux")
	}
	return nil
}
