package haproxy

// Config is the configuration of the app: what a haproxy.cfg says once its defaults sections are resolved. Nothing in it
// is inherited: each proxy carries all of its settings. An absent setting has HAProxy's default.
type Config struct {
	// Global holds the settings of the process (configuration.txt 3).
	Global Global `json:"global,omitzero"`
	// Proxies are the frontends, backends and listen sections in the order of the file (configuration.txt 4).
	Proxies []*Proxy `json:"proxies,omitempty"`
	// Userlists are the named sets of users for http_auth() and the action auth (configuration.txt 3.4).
	Userlists []*Userlist `json:"userlists,omitempty"`
	// HTTPErrors are the named groups of error pages that errorfiles refers to (configuration.txt 3.8).
	HTTPErrors []*HTTPErrors `json:"http_errors,omitempty"`
}

// Proxy returns the first proxy of that name which is of one of the types, or nil.
func (c *Config) Proxy(name string, types ...ProxyType) *Proxy {
	for _, p := range c.Proxies {
		if p.Name != name {
			continue
		}
		for _, t := range types {
			if p.Type == t {
				return p
			}
		}
	}
	return nil
}
