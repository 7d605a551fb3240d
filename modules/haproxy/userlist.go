package haproxy

import "github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"

// Userlist is a named set of users and groups (configuration.txt 3.4).
type Userlist struct {
	// Name is what http_auth() and stats rules refer to.
	Name string `json:"name"`
	// Users are the users in their order.
	Users []User `json:"users,omitempty"`
	// Groups are the names of the groups.
	Groups []string `json:"groups,omitempty"`

	Pos cfg.Pos `json:"-"`
}

// User is one user of a Userlist.
type User struct {
	// Name is the login.
	Name string `json:"name"`
	// Password is a crypt(3) hash, or the password itself when Insecure is set. Empty: the user can never log in.
	Password string `json:"password,omitempty"`
	// Insecure says that Password is not hashed ("insecure-password").
	Insecure bool `json:"insecure,omitempty"`
	// Groups are the groups the user is in.
	Groups []string `json:"groups,omitempty"`

	Pos cfg.Pos `json:"-"`
}
