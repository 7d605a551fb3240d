package haproxy

import "cmp"

// fullConn is how many sessions a backend counts as full with (configuration.txt 4.2 "fullconn"): the configured number, else
// a tenth, rounded up, of what the frontends may have that name it, and at least 1. Names that rules compute do not count,
// nor does a listen section that hands all of its requests on (seen with 2.6.12).
func (c *Config) fullConn(p *Proxy) int64 {
	if p.Fullconn > 0 {
		return int64(p.Fullconn)
	}
	sum := 0
	for _, f := range c.Proxies {
		if f.Type.HasFrontend() && f.leadsTo(p) {
			sum += cmp.Or(f.Maxconn, cmp.Or(c.Global.Maxconn, c.defaultMaxconn()))
		}
	}
	return int64(max(1, (sum+9)/10))
}

// leadsTo tells whether a frontend names p as a backend; a listen section without a default backend leads to itself.
func (p *Proxy) leadsTo(backend *Proxy) bool {
	if p == backend {
		return p.DefaultBackend == ""
	}
	if p.DefaultBackend == backend.Name {
		return true
	}
	for i := range p.UseBackend {
		if p.UseBackend[i].Backend == backend.Name {
			return true
		}
	}
	return false
}
