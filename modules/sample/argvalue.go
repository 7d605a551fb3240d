package sample

import (
	"errors"
	"math"
	"net/netip"
	"strconv"
)

var errArg = errors.New("bad argument")

// convertArg gives word its type. Names are resolved later, by Env.
func convertArg(t ArgType, word string) (Arg, error) {
	a := Arg{Type: t, Str: word}
	var err error
	switch t {
	case ArgInt:
		a.Int, err = argInt(word)
	case ArgIPv4:
		a.Addr, err = argAddr(word, true)
	case ArgIPv6:
		a.Addr, err = argAddr(word, false)
	case ArgMask4:
		a.Addr, err = argMask(word, 32)
	case ArgMask6:
		a.Addr, err = argMask(word, 128)
	}
	return a, err
}

// argInt reads a decimal number; what does not fit saturates.
func argInt(word string) (int64, error) {
	n, err := strconv.ParseInt(word, 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		if word[0] == '-' {
			return math.MinInt64, nil
		}
		return math.MaxInt64, nil
	}
	return n, err
}

func argAddr(word string, v4 bool) (netip.Addr, error) {
	a, err := netip.ParseAddr(word)
	if err == nil && (a.Is4() != v4 || a.Zone() != "") {
		err = errArg
	}
	return a, err
}

// argMask reads a mask: a number of bits, or an address whose bits are the mask's.
func argMask(word string, bits int) (netip.Addr, error) {
	n, err := strconv.ParseUint(word, 10, 8)
	if err != nil {
		return argAddr(word, bits == 32)
	}
	if int(n) > bits {
		return netip.Addr{}, errArg
	}
	zero := netip.IPv6Unspecified()
	if bits == 32 {
		zero = netip.IPv4Unspecified()
	}
	b := zero.AsSlice()
	for i := range int(n) {
		b[i/8] |= 0x80 >> (i % 8)
	}
	m, _ := netip.AddrFromSlice(b)
	return m, nil
}
