package netif

import (
	"slices"
	"testing"
)

// Only an answer to a question says who has an address now: the unasked news of who takes over is no proof.
func TestParseNeighbour(t *testing.T) {
	mac := MAC{2, 0, 0, 0, 0, 7}
	good := appendNA(nil, mac, ip("fd00:9::100"), false)[54:]
	good[4] |= 0x40 // solicited
	change := func(at int, to byte) []byte {
		b := slices.Clone(good)
		b[at] = to
		return b
	}
	nonce := append(slices.Clone(good[:24]), 14, 1, 0, 0, 0, 0, 0, 0)
	for _, row := range []struct {
		name string
		b    []byte
		ok   bool
	}{
		{"answer", good, true},
		{"after another option", append(slices.Clone(nonce), good[24:]...), true},
		{"unsolicited", change(4, 0x20), false},
		{"solicitation", change(0, neighbourSolicitation), false},
		{"another code", change(1, 1), false},
		{"no options", good[:24], false},
		{"cut", good[:23], false},
		{"cut option", good[:31], false},
		{"option of length 0", change(25, 0), false},
		{"option longer than the message", change(25, 2), false},
		{"no link-layer address", nonce, false},
		{"nothing", nil, false},
	} {
		a, ok := parseNeighbour(row.b)
		if ok != row.ok || ok && (a.Addr != ip("fd00:9::100") || a.MAC != mac) {
			t.Errorf("%s: %v %v", row.name, a, ok)
		}
	}
}

func TestSolicitedNode(t *testing.T) {
	if got, want := solicitedNode(ip("fd00:9::12:3456")), ip("ff02::1:ff12:3456").As16(); got != want {
		t.Errorf("%x", got)
	}
}
