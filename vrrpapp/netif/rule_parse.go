package netif

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ParseRule reads a rule in the words of `ip rule add`, as keepalived 2.2.7 knows them: unabridged, with its own no_track and
// track_group.
//
//	[not] [from PREFIX] [to PREFIX] [iif|dev NAME] [oif NAME] [tos|dsfield N] [fwmark N[/MASK]] [preference|priority|order N]
//	  [table|lookup N | goto N | [type] blackhole|unreachable|prohibit] [realms [N/]N] [tunnel-id N] [uidrange N-N]
//	  [suppress_prefixlength N] [suppress_ifgroup N] [l3mdev] [ipproto P] [sport N-N] [dport N-N] [protocol P] [inet6] [no_track]
func ParseRule(words []string) (Rule, error) {
	p := ruleParser{wordReader: wordReader{list: words}}
	for p.more() {
		if err := p.one(p.word()); err != nil {
			return Rule{}, err
		}
	}
	r := p.r
	if p.protocol != 0 && r.NoTrack {
		r.Protocol = p.protocol // else nobody would notice that the rule goes, so keepalived resets it too
	}
	if err := r.Check(); err != nil {
		return Rule{}, err
	}
	return r, nil
}

type ruleParser struct {
	wordReader
	r        Rule
	protocol uint8
}

func (p *ruleParser) one(w string) error {
	r := &p.r
	switch w {
	case "not":
		r.Not = true
	case "inet6":
		r.IPv6 = true
	case "inet":
		r.IPv6 = false
	case "l3mdev":
		r.L3MDev = true
	case "no_track":
		r.NoTrack = true
	case "type":
		return value(&p.wordReader, w, &r.Type, ruleType)
	case "blackhole", "unreachable", "prohibit":
		r.Type = RouteTypes[w]
	case "from":
		return value(&p.wordReader, w, &r.From, destination)
	case "to":
		return value(&p.wordReader, w, &r.To, destination)
	case "iif", "dev":
		return value(&p.wordReader, w, &r.IIF, interfaceName)
	case "oif":
		return value(&p.wordReader, w, &r.OIF, interfaceName)
	case "track_group":
		_, err := p.argument(w)
		return err
	default:
		return p.number(w)
	}
	return nil
}

func (p *ruleParser) number(w string) error {
	r, read := &p.r, &p.wordReader
	switch w {
	case "tos", "dsfield":
		return value(read, w, &r.TOS, byName[uint8]("rt_dsfield", 255))
	case "fwmark":
		arg, err := p.argument(w)
		if err != nil {
			return err
		}
		return p.mark(arg)
	case "preference", "priority", "order":
		return value(read, w, &r.Priority, decimal[uint32](1<<32-1))
	case "table", "lookup":
		return value(read, w, &r.Table, byName[uint32]("rt_tables", 1<<32-1))
	case "goto":
		return value(read, w, &r.Goto, decimal[uint32](1<<32-1))
	case "realms":
		return value(read, w, &r.Realms, realms)
	case "tunnel-id":
		return value(read, w, &r.TunnelID, decimal[uint64](1<<64-1))
	case "suppress_prefixlength":
		return value(read, w, &r.SuppressPrefixLength, pointer(decimal[uint32](128)))
	case "suppress_ifgroup":
		return value(read, w, &r.SuppressIfGroup, pointer(byName[uint32]("group", 1<<32-1)))
	case "uidrange":
		return value(read, w, &r.UIDs, uids)
	case "ipproto":
		return value(read, w, &r.IPProto, protocol)
	case "sport":
		return value(read, w, &r.SPorts, ports)
	case "dport":
		return value(read, w, &r.DPorts, ports)
	case "protocol":
		return value(read, w, &p.protocol, byName[uint8]("rt_protos", 255))
	case "nop", "nat", "local", "unicast":
		return fmt.Errorf("%s is not supported in rules", w)
	}
	return fmt.Errorf("unknown word '%s'", w)
}

func ruleType(s string) (RouteType, error) {
	if s != "blackhole" && s != "unreachable" && s != "prohibit" && s != "unicast" {
		return 0, fmt.Errorf("'%s' is none of unicast, blackhole, unreachable, prohibit", s)
	}
	return RouteTypes[s], nil
}

func (p *ruleParser) mark(s string) error {
	mark, mask, masked := strings.Cut(s, "/")
	n, err := strconv.ParseUint(mark, 0, 32)
	if err != nil {
		return fmt.Errorf("fwmark '%s' is no number", s)
	}
	p.r.Mark = uint32(n)
	if masked {
		m, err := strconv.ParseUint(mask, 0, 32)
		if err != nil {
			return fmt.Errorf("fwmark '%s' is no number", s)
		}
		p.r.MarkMask = uint32(m)
	}
	return nil
}

func pointer[T any](read func(string) (T, error)) func(string) (*T, error) {
	return func(s string) (*T, error) {
		v, err := read(s)
		return &v, err
	}
}

func span[T uint16 | uint32](s string, most uint64) (low, high T, err error) {
	first, last, ok := strings.Cut(s, "-")
	if !ok {
		last = first
	}
	a, err := strconv.ParseUint(first, 10, 32)
	b, err2 := strconv.ParseUint(last, 10, 32)
	if err != nil || err2 != nil || a > b || b > most {
		return 0, 0, fmt.Errorf("'%s' is no range of numbers up to %d", s, most)
	}
	return T(a), T(b), nil
}

func uids(s string) (*[2]uint32, error) {
	low, high, err := span[uint32](s, 1<<32-1)
	return &[2]uint32{low, high}, err
}

func ports(s string) ([2]uint16, error) {
	low, high, err := span[uint16](s, 1<<16-1)
	if err == nil && low == 0 {
		err = errors.New("there is no port 0")
	}
	return [2]uint16{low, high}, err
}

// protocols are the names that a rule's ipproto may have beside a number (/etc/protocols).
var protocols = map[string]uint8{"icmp": 1, "tcp": 6, "udp": 17, "ipv6-icmp": 58, "sctp": 132}

func protocol(s string) (uint8, error) {
	if n, ok := protocols[strings.ToLower(s)]; ok {
		return n, nil
	}
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("'%s' is neither a number nor icmp, tcp, udp, ipv6-icmp, sctp", s)
	}
	return uint8(n), nil
}
