package netif

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// The frames are those that tcpdump recorded of keepalived 2.2.7.
func TestFramesAreKeepalived(t *testing.T) {
	mac := MAC{0x02, 0x49, 0xa3, 0xee, 0x1a, 0xf7}
	for _, row := range []struct {
		name, want string
		got        []byte
	}{
		{
			"ARP", `ffff ffff ffff 0249 a3ee 1af7 0806
			0001 0800 0604 0001 0249 a3ee 1af7 0a09
			0064 ffff ffff ffff 0a09 0064`,
			appendARP(nil, mac, ip("10.9.0.100")),
		}, {
			"NA, link-local", `3333 0000 0001 0249 a3ee 1af7 86dd
			6000 0000 0020 3aff fe80 0000 0000 0000
			0000 0000 0000 0052 ff02 0000 0000 0000
			0000 0000 0000 0001 8800 97cb 2000 0000
			fe80 0000 0000 0000 0000 0000 0000 0052
			0201 0249 a3ee 1af7`,
			appendNA(nil, mac, ip("fe80::52"), false),
		}, {
			"NA, global", `3333 0000 0001 0249 a3ee 1af7 86dd
			6000 0000 0020 3aff fd00 0009 0000 0000
			0000 0000 0000 0100 ff02 0000 0000 0000
			0000 0000 0000 0001 8800 995d 2000 0000
			fd00 0009 0000 0000 0000 0000 0000 0100
			0201 0249 a3ee 1af7`,
			appendNA(nil, mac, ip("fd00:9::100"), false),
		},
	} {
		want, err := hex.DecodeString(strings.Join(strings.Fields(row.want), ""))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(row.got, want) {
			t.Errorf("%s:\n%x, want\n%x", row.name, row.got, want)
		}
	}
}

func TestWhatCannotBeAnnounced(t *testing.T) {
	good := Interface{Name: "eth0", Index: 2, Ethernet: true}
	noarp, lo := good, good
	noarp.NoARP, lo.Loopback = true, true
	for _, row := range []struct {
		name string
		on   Interface
		addr string
		no   error // ErrNoNeighbours, or any other error if errAny
	}{
		{"fine", good, "10.0.0.1", nil},
		{"fine, IPv6", good, "fe80::1", nil},
		{"NOARP", noarp, "10.0.0.1", ErrNoNeighbours},
		{"loopback", lo, "fe80::1", ErrNoNeighbours},
		{"InfiniBand", Interface{Name: "ib0", Index: 3}, "10.0.0.1", ErrNoNeighbours},
		{"multicast", good, "224.0.0.1", errAny},
		{"unspecified", good, "::", errAny},
		{"IPv4 in IPv6", good, "::ffff:10.0.0.1", errAny},
	} {
		err := checkAnnounce(&row.on, ip(row.addr))
		if row.no == errAny && err != nil && !errors.Is(err, ErrNoNeighbours) {
			continue
		}
		if !errors.Is(err, row.no) || (err == nil) != (row.no == nil) {
			t.Errorf("%s: %v, want %v", row.name, err, row.no)
		}
	}
}

var errAny = errors.New("any")

func TestVirtualMAC(t *testing.T) {
	// As keepalived's macvlans had them.
	if got := VirtualMAC(53, false).String() + " " + VirtualMAC(54, true).String(); got != "00:00:5e:00:01:35 00:00:5e:00:02:36" {
		t.Error(got)
	}
}
