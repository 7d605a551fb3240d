package server

import "sort"

// cookieTable is sorted by cookie; among equal ones the order of the configuration stays.
type cookieTable struct {
	values  []string
	servers []*Server
}

func newCookieTable(servers []*Server) *cookieTable {
	t := &cookieTable{}
	for _, s := range servers {
		if s.config.Load().Cookie != "" {
			t.servers = append(t.servers, s)
		}
	}
	sort.SliceStable(t.servers, func(i, j int) bool {
		return t.servers[i].config.Load().Cookie < t.servers[j].config.Load().Cookie
	})
	for _, s := range t.servers {
		t.values = append(t.values, s.config.Load().Cookie)
	}
	return t
}

// ServerByCookie finds the server that value names: the first operational one, else the first, nil if there is none
// (configuration.txt 5.2, cookie: several servers may share a value).
func (b *Backend) ServerByCookie(value []byte) *Server {
	t := b.cookies.Load()
	lo, hi := 0, len(t.values)
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if t.values[m] < string(value) {
			lo = m + 1
		} else {
			hi = m
		}
	}
	var found *Server
	for ; lo < len(t.values) && t.values[lo] == string(value); lo++ {
		if s := t.servers[lo]; s.IsUp() {
			return s
		} else if found == nil {
			found = s
		}
	}
	return found
}
