package guard

import (
	"bufio"
	"io"
	"strings"
)

// mostLine is how much of a line of the guard's is logged.
const mostLine = 4 << 10

// relay logs what the guard writes to its standard error, line by line: what the Go runtime says when it dies.
func (g *Guard) relay(r io.Reader) {
	b := bufio.NewReaderSize(r, mostLine)
	for {
		line, cut, err := b.ReadLine()
		if err != nil {
			return
		}
		text := strings.ToValidUTF8(string(line), "?")
		if cut {
			text += "..."
		}
		for cut && err == nil {
			_, cut, err = b.ReadLine()
		}
		if text != "" {
			g.log.Error("vrrp guard: " + text)
		}
	}
}
