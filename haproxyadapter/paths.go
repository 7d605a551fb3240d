package haproxyadapter

import (
	"path/filepath"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
)

// paths turns the names of files in the configuration into ones that do not depend on where they are used
// (configuration.txt 3.1 "default-path").
type paths struct {
	mode   string // current, config, parent or origin
	origin string
	file   string // of the configuration that is being read
}

// enter begins a new file.
func (x *paths) enter(_ *parser, file string) { x.file = file }

// resolve is the name of a file as the process must open it. HAProxy's default leaves it relative to the folder that the
// process was started in.
func (x *paths) resolve(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	switch x.mode {
	case "config":
		return filepath.Join(filepath.Dir(x.file), name)
	case "parent":
		return filepath.Join(filepath.Dir(x.file), "..", name)
	case "origin":
		return filepath.Join(x.origin, name)
	}
	return name
}

// criterion resolves the pattern files of an ACL.
func (x *paths) criterion(c *acl.Criterion) {
	for i := range c.Files {
		c.Files[i] = x.resolve(c.Files[i])
	}
	for i := range c.ExactFiles {
		c.ExactFiles[i] = x.resolve(c.ExactFiles[i])
	}
}

// condition resolves the pattern files of anonymous ACLs.
func (x *paths) condition(c *acl.Condition) {
	for _, all := range c.AnyOf {
		for i := range all {
			if all[i].Criterion != nil {
				x.criterion(all[i].Criterion)
			}
		}
	}
}

// defaultPath reads a policy. Syntax: default-path current|config|parent|origin <folder>
func defaultPath(p *parser, d *cfg.Dispenser) error {
	const known = "supported modes include 'current', 'config', 'parent', and 'origin'."
	if !d.NextArg() {
		return d.Errf("missing default-path mode '' for 'default-path', %s", known)
	}
	mode := d.Val()
	switch mode {
	case "current", "config", "parent":
	case "origin":
		if !d.NextArg() {
			return d.Errf("'default-path' expects a directory as an 'origin' argument.")
		}
		p.paths.origin = d.Val()
	default:
		return d.Errf("unsupported default-path mode '%s' for 'default-path', %s", mode, known)
	}
	p.paths.mode = mode
	d.Remaining() // HAProxy ignores what follows
	return nil
}
