package sample

import (
	"bytes"
	"net/netip"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Addresses, backends and servers by name (configuration.txt 7.3.1: ipmask, nbsrv, srv_queue).
func init() {
	RegisterConv(
		Conv{Name: "ipmask", Args: "IPv4 mask[,IPv6 mask]", In: Addr, Out: txn.IPv4, Compile: compileIPMask},
		Conv{Name: "nbsrv", In: txn.Str, Out: txn.Int, Compile: compileNbsrv},
		Conv{Name: "srv_queue", In: txn.Str, Out: txn.Int, Compile: compileSrvQueue},
	)
}

func compileIPMask(_ *Env, args []Arg) (ConvFunc, error) {
	mask4, mask6 := args[0].Addr.As4(), [16]byte{}
	has6 := len(args) > 1
	if has6 {
		mask6 = args[1].Addr.As16()
	}
	return func(_ *txn.Txn, s *Sample) bool {
		if s.Type == txn.IPv6 && s.Addr.Is4In6() {
			s.SetAddr(s.Addr)
		}
		switch s.Type {
		case txn.IPv4:
			a := s.Addr.As4()
			for i := range a {
				a[i] &= mask4[i]
			}
			s.Addr = netip.AddrFrom4(a)
		case txn.IPv6:
			a := s.Addr.As16()
			for i := range a {
				a[i] &= mask6[i]
			}
			s.Addr = netip.AddrFrom16(a)
			return has6
		}
		return true
	}, nil
}

// lookupBackend finds a backend while a request runs: Lookup must be safe for that.
func lookupBackend(env *Env, name []byte) txn.Backend {
	if env == nil || env.Lookup == nil {
		return nil
	}
	return env.Lookup.Backend(text(name))
}

func compileNbsrv(env *Env, _ []Arg) (ConvFunc, error) {
	return func(_ *txn.Txn, s *Sample) bool {
		b := lookupBackend(env, s.Bytes)
		if b == nil {
			return false
		}
		s.SetInt(b.UsableServers())
		return true
	}, nil
}

func compileSrvQueue(env *Env, _ []Arg) (ConvFunc, error) {
	return func(t *txn.Txn, s *Sample) bool {
		backend, name := t.Backend, s.Bytes
		if i := bytes.IndexByte(name, '/'); i >= 0 {
			backend, name = lookupBackend(env, name[:i]), name[i+1:]
		}
		if backend == nil {
			return false
		}
		srv := backend.Server(text(name))
		if srv == nil {
			return false
		}
		s.SetInt(srv.QueueLen())
		return true
	}, nil
}
