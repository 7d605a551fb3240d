//go:build !linux

package netio

// rawIO is empty where the plain calls of package net are used.
type rawIO struct{}

func (c *Conn) initRaw() { c.rc = nil }

func (c *Conn) readOnce(p []byte, l Lender) (int, error) { return c.plainRead(p, l) }

func (c *Conn) writeOnce(a, b []byte) (int, error) {
	n, err := 0, error(nil)
	if len(a) > 0 {
		if n, err = c.nc.Write(a); err != nil {
			return n, err
		}
	}
	if len(b) > 0 {
		m, err := c.nc.Write(b)
		return n + m, err
	}
	return n, nil
}

// wroteAt is when a write that did not end has last sent something: not known here, so that a timeout may take twice as long.
func (c *Conn) wroteAt() Time { return Now() }

type peekResult uint8

const (
	peekQuiet peekResult = iota
	peekData
	peekClosed
)

func (c *Conn) peek() peekResult { return peekQuiet }

// Quiet reports whether an idle connection is still usable. Without a way to look it is believed.
func (c *Conn) Quiet() bool { return true }

// Pending is not known without reading.
func (c *Conn) Pending() bool { return false }

// PeerClosed is not known without reading.
func (c *Conn) PeerClosed() bool { return false }

func (c *Conn) waitClosed() bool { return false }
