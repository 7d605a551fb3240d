package haproxy

import "github.com/caddy-haproxy/caddy-haproxy/modules/userlist"

// buildUserlists compiles the userlist sections.
func (b *builder) buildUserlists() {
	for _, l := range b.cfg.Userlists {
		users := make([]userlist.User, len(l.Users))
		for i, u := range l.Users {
			users[i] = userlist.User{Name: u.Name, Password: u.Password, Insecure: u.Insecure, Groups: u.Groups}
		}
		list, err := userlist.New(l.Name, users, l.Groups)
		if err != nil {
			b.fail(l.Pos, err)
			continue
		}
		b.userlists[l.Name] = list
	}
}
