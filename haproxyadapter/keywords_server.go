package haproxyadapter

import (
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// proxyDefaultServer changes what the `server` lines below start from. Syntax: default-server <option>...
func proxyDefaultServer(p *parser, d *cfg.Dispenser) error {
	c := cloneServer(p.proxy.defaultServer)
	c.Proxy = p.proxy.Name
	d.Back()
	if err := c.UnmarshalHAProxy(d); err != nil {
		return err
	}
	p.proxy.defaultServer = c
	return nil
}

// proxyServer adds a server. Syntax: server <name> <address>[:<port>] [<option> [<value>]]...
func proxyServer(p *parser, d *cfg.Dispenser) error {
	c := cloneServer(p.proxy.defaultServer)
	c.Proxy = p.proxy.Name
	d.Back()
	if err := c.UnmarshalHAProxy(d); err != nil {
		return err
	}
	for _, other := range p.proxy.Server {
		if other.Name == c.Name {
			return d.Errf("%s, another server named '%s' was already defined at %s, please use distinct names.",
				p.proxy.title(), c.Name, p.proxy.At["server "+c.Name])
		}
		if c.ID != 0 && other.ID == c.ID {
			return d.Errf("'server %s/%s' : 'id' : custom id %d already used at %s ('server %s').", p.proxy.Name, c.Name, c.ID,
				p.proxy.At["server "+other.Name], other.Name)
		}
	}
	p.proxy.at(d, "server "+c.Name)
	p.proxy.Server = append(p.proxy.Server, &c)
	return nil
}
