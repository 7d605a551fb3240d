package haproxyadapter

import (
	"slices"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// userlist is a userlist section that is being read (configuration.txt 3.4).
type userlist struct {
	*haproxy.Userlist
	members map[string][]string // of groups, with the users that their own lines name
}

func (p *parser) enterUserlist(d *cfg.Dispenser) error {
	p.skip()
	if !d.NextArg() {
		return d.Errf("'userlist' expects <name> as arguments.")
	}
	u := &userlist{Userlist: &haproxy.Userlist{Name: d.Val(), Pos: d.Pos()}, members: make(map[string][]string)}
	if c := badNameByte(u.Name); c != 0 {
		return d.Errf("character '%c' is not permitted in 'userlist' name '%s'.", c, u.Name)
	}
	if err := d.End(); err != nil {
		return err
	}
	p.in, p.read, p.userlist = inUserlist, p.userlistLine, u
	if slices.ContainsFunc(p.conf.Userlists, func(o *haproxy.Userlist) bool { return o.Name == u.Name }) {
		d.Warnf("ignoring duplicated userlist '%s'.", u.Name)
		return nil
	}
	p.conf.Userlists = append(p.conf.Userlists, u.Userlist)
	p.userlists = append(p.userlists, u)
	return nil
}

func (p *parser) userlistLine(d *cfg.Dispenser) {
	var err error
	switch d.Val() {
	case "user":
		err = p.userlist.user(d)
	case "group":
		err = p.userlist.group(d)
	default:
		err = d.Errf("unknown keyword '%s' in 'users' section", d.Val())
	}
	p.fail(d, err)
}

// user adds a user. Syntax: user <name> [password|insecure-password <password>] [groups <group>,...]
func (u *userlist) user(d *cfg.Dispenser) error {
	if !d.NextArg() {
		return d.Errf("'user' expects <name> as arguments.")
	}
	x := haproxy.User{Name: d.Val(), Pos: d.Pos()}
	if slices.ContainsFunc(u.Users, func(o haproxy.User) bool { return o.Name == x.Name }) {
		d.Warnf("ignoring duplicated user '%s' in userlist '%s'.", x.Name, u.Name)
		return nil
	}
	for d.NextArg() {
		switch d.Val() {
		case "password", "insecure-password":
			x.Insecure = d.Val() == "insecure-password"
			if !d.NextArg() {
				return d.ArgErr()
			}
			x.Password = d.Val()
		case "groups":
			if !d.NextArg() {
				return d.ArgErr()
			}
			x.Groups = append(x.Groups, strings.Split(d.Val(), ",")...)
		default:
			return d.Errf("'user' only supports 'password', 'insecure-password' and 'groups' options.")
		}
	}
	u.Users = append(u.Users, x)
	return nil
}

// group adds a group. Syntax: group <name> [users <user>,...]
func (u *userlist) group(d *cfg.Dispenser) error {
	if !d.NextArg() {
		return d.Errf("'group' expects <name> as arguments.")
	}
	name := d.Val()
	if slices.Contains(u.Groups, name) {
		d.Warnf("ignoring duplicated group '%s' in userlist '%s'.", name, u.Name)
		return nil
	}
	var members []string
	for d.NextArg() {
		if d.Val() != "users" {
			return d.Errf("'group' only supports 'users' option.")
		}
		if !d.NextArg() {
			return d.ArgErr()
		}
		members = append(members, strings.Split(d.Val(), ",")...)
	}
	u.Groups = append(u.Groups, name)
	u.members[name] = members
	return nil
}

// resolve writes the groups' members into the users and refuses names that do not exist.
func (u *userlist) resolve(diags *cfg.Diagnostics) {
	for i := range u.Users {
		for _, g := range u.Users[i].Groups {
			if !slices.Contains(u.Groups, g) {
				diags.Addf(u.Users[i].Pos, cfg.Alert, "userlist '%s': no such group '%s' specified in user '%s'", u.Name, g, u.Users[i].Name)
			}
		}
	}
	for _, g := range u.Groups {
		for _, member := range u.members[g] {
			i := slices.IndexFunc(u.Users, func(x haproxy.User) bool { return x.Name == member })
			if i < 0 {
				diags.Addf(u.Pos, cfg.Alert, "userlist '%s': no such user '%s' specified in group '%s'", u.Name, member, g)
				continue
			}
			if !slices.Contains(u.Users[i].Groups, g) {
				u.Users[i].Groups = append(u.Users[i].Groups, g)
			}
		}
	}
}
