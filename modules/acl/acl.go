// Package acl is HAProxy's `acl` lines and the conditions after `if` and `unless`: it parses and compiles them and says
// whether a transaction meets them. It extracts no data itself (package sample) and compares none (package pattern).
package acl

import "github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"

// Named is one `acl` line (configuration.txt 7.1). Several with one name are alternatives: one that matches is enough.
type Named struct {
	// Name is what conditions call it: letters, digits, '-', '_', '.' and ':', case-sensitive.
	Name string `json:"name"`
	Criterion

	// Pos is where the line stands in haproxy.cfg.
	Pos cfg.Pos `json:"-"`
}

// Criterion is one test: a sample and the patterns that it is compared with (configuration.txt 7.1).
type Criterion struct {
	// Expr is the sample fetch with its converters (`req.hdr(host),lower`) or an ACL keyword (`hdr_dom(host)`).
	Expr string `json:"expr"`
	// Match is the matching method (-m): found, bool, int, ip, bin, len, str, beg, sub, dir, dom, end or reg.
	// Without one the ACL keyword's own is taken, or what the sample's type implies.
	Match string `json:"match,omitempty"`
	// IgnoreCase makes the patterns match without regard to case (-i).
	IgnoreCase bool `json:"ignore_case,omitempty"`
	// ExactFiles are files of patterns that keep their case although IgnoreCase is set: the -f before the -i.
	ExactFiles []string `json:"exact_files,omitempty"`
	// Files are files of patterns, one a line (-f).
	Files []string `json:"files,omitempty"`
	// MapFile says that the files have two columns and that only the first counts (-M).
	MapFile bool `json:"map_file,omitempty"`
	// NoDNS forbids host names among address patterns (-n). They are resolved at load time otherwise.
	NoDNS bool `json:"no_dns,omitempty"`
	// ID is the number by which the command line addresses the patterns (-u), 0 for none.
	ID int `json:"id,omitempty"`
	// Patterns are the words to compare with; operators such as `gt` are words of their own. None never matches, unless
	// the method needs none (found, bool).
	Patterns []string `json:"patterns,omitempty"`

	meant bool // `--` was given: no patterns are no mistake
}

// Condition is what stands after `if` or `unless`: a disjunction of conjunctions.
type Condition struct {
	// Unless negates the whole condition.
	Unless bool `json:"unless,omitempty"`
	// AnyOf holds when all terms of one of its lists hold. An empty AnyOf never holds.
	AnyOf [][]Term `json:"any_of"`

	// Pos is where the line stands in haproxy.cfg.
	Pos cfg.Pos `json:"-"`
}

// Term is one word of a condition: the name of an ACL, or an anonymous ACL in braces.
type Term struct {
	// Not negates the term (`!`).
	Not bool `json:"not,omitempty"`
	// ACL is the name of an `acl` line of the same proxy or of a predefined one (configuration.txt 7.4).
	ACL string `json:"acl,omitempty"`
	// Criterion is the anonymous ACL, when there is no name.
	*Criterion
}
