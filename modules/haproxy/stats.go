package haproxy

import (
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
)

// Stats serves the statistics page on a proxy (configuration.txt 4.2 "stats ..."). Its presence enables the page.
type Stats struct {
	// URI is the prefix of path and query that the page answers to ("stats uri"). Default: /haproxy?stats.
	URI string `json:"uri,omitempty"`
	// Realm is shown by browsers that ask for a password ("stats realm"). Default: HAProxy Statistics.
	Realm string `json:"realm,omitempty"`
	// Auth are the users that may see the page ("stats auth"). Default: everybody.
	Auth []StatsUser `json:"auth,omitempty"`
	// HideVersion leaves the version out of the page. In 2.6 it is shown unless this is set ("stats hide-version").
	HideVersion bool `json:"hide_version,omitempty"`
	// Refresh makes browsers reload the page, in whole seconds ("stats refresh"). Default: never.
	Refresh Duration `json:"refresh,omitempty"`
	// Scope are the proxies that are shown; "." is the one that serves the page ("stats scope"). Default: all.
	Scope []string `json:"scope,omitempty"`
	// ShowLegends, ShowNode and ShowDesc add to the page ("stats show-legends", "stats show-node", "stats show-desc").
	ShowLegends bool `json:"show_legends,omitempty"`
	ShowNode    bool `json:"show_node,omitempty"`
	ShowDesc    bool `json:"show_desc,omitempty"`
	// Node and Desc replace the global node and description on this page.
	Node string `json:"node,omitempty"`
	Desc string `json:"desc,omitempty"`
	// Admin are the conditions under which the page may change servers ("stats admin").
	Admin []*acl.Condition `json:"admin,omitempty"`
	// HTTPRequest are the rules for access to the page ("stats http-request": allow, deny and auth).
	HTTPRequest action.Rules `json:"http_request,omitempty"`

	Pos cfg.Pos `json:"-"`
}

// StatsUser is one user of the statistics page.
type StatsUser struct {
	// Name is the login; it has no colon.
	Name string `json:"name"`
	// Password is the password itself, not a hash of it.
	Password string `json:"password"`
}
