package userlist

import (
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// ParseUser reads a `user` line (configuration.txt 3.4). Syntax:
//
//	user <name> [password|insecure-password <password>] [groups <group>[,<group>]...]
func ParseUser(d *cfg.Dispenser) (User, error) {
	if d.Index() < 0 {
		d.Next()
	}
	var u User
	if !d.Args(&u.Name) {
		return u, d.Errf("'user' expects <name> as arguments.")
	}
	for d.Next() {
		word, value := d.Val(), ""
		switch word {
		case "password", "insecure-password", "groups":
			if !d.Args(&value) {
				return u, d.Errf("'%s' of user '%s' : missing argument.", word, u.Name)
			}
		default:
			return u, d.Errf("'user' only supports 'password', 'insecure-password' and 'groups' options.")
		}
		if word == "groups" {
			u.Groups = split(value)
			continue
		}
		u.Password, u.Insecure = value, word == "insecure-password"
	}
	return u, nil
}

// ParseGroup reads a `group` line (configuration.txt 3.4); its users get the group added. Syntax:
//
//	group <name> [users <user>[,<user>]...]
func ParseGroup(d *cfg.Dispenser) (name string, users []string, err error) {
	if d.Index() < 0 {
		d.Next()
	}
	if !d.Args(&name) {
		return "", nil, d.Errf("'group' expects <name> as arguments.")
	}
	for d.Next() {
		var value string
		if d.Val() != "users" {
			return "", nil, d.Errf("'group' only supports 'users' option.")
		}
		if !d.Args(&value) {
			return "", nil, d.Errf("'users' of group '%s' : missing argument.", name)
		}
		users = append(users, split(value)...)
	}
	return name, users, nil
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}
