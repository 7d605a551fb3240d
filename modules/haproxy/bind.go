package haproxy

import (
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// Bind is one `bind` line: addresses that share their settings (configuration.txt 4.2 "bind" and 5.1).
type Bind struct {
	// Address are the places to listen on.
	Address []Address `json:"address"`
	BindOptions

	// Section is the type of the section that the line stands in, for messages.
	Section ProxyType `json:"-"`
	Pos     cfg.Pos   `json:"-"`
}

// BindOptions are the settings of a listener (configuration.txt 5.1). `stats socket` lines take them too.
type BindOptions struct {
	// Name is shown by stats and by the fetch so_name ("name").
	Name string `json:"name,omitempty"`
	// ID is the number of the listener ("id"). Default: the next free one.
	ID int `json:"id,omitempty"`
	// Maxconn is how many connections this listener serves at once ("maxconn"). Default: the frontend's limit only.
	Maxconn int `json:"maxconn,omitempty"`
	// Mode are the permission bits of a unix socket in octal, "660" ("mode"). Default: what the umask leaves.
	Mode string `json:"mode,omitempty"`
	// User, Group, UID, GID own a unix socket ("user", "group", "uid", "gid").
	User  string `json:"user,omitempty"`
	Group string `json:"group,omitempty"`
	UID   *int   `json:"uid,omitempty"`
	GID   *int   `json:"gid,omitempty"`
	// Interface is the network interface that clients must come in on ("interface").
	Interface string `json:"interface,omitempty"`
	// V4V6 lets an IPv6 wildcard take IPv4 clients too; V6Only forbids it ("v4v6", "v6only"). Default: the system's.
	V4V6   bool `json:"v4v6,omitempty"`
	V6Only bool `json:"v6only,omitempty"`
	// Tfo enables TCP fast open ("tfo").
	Tfo bool `json:"tfo,omitempty"`
	// MSS is the largest TCP segment offered to clients; negative values lower the system's ("mss").
	MSS int `json:"mss,omitempty"`
	// DeferAccept wakes up only once data has arrived ("defer-accept").
	DeferAccept bool `json:"defer_accept,omitempty"`
	// Transparent binds addresses that are not local ("transparent").
	Transparent bool `json:"transparent,omitempty"`
	// Level is what commands on a stats socket may do: user, operator or admin ("level"). Default: operator.
	Level string `json:"level,omitempty"`
	// SeverityOutput puts a severity before the CLI's answers: none, number or string ("severity-output"). Default: none.
	SeverityOutput string `json:"severity_output,omitempty"`
	// ExposeFD lists what a stats socket hands over to a new process: "listeners" ("expose-fd").
	ExposeFD string `json:"expose_fd,omitempty"`
}
