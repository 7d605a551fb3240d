package haproxyadapter

import (
	"slices"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// place is a set of section kinds that a keyword may stand in.
type place uint8

const (
	inGlobal place = 1 << iota
	inAnonymous
	inNamed
	inFrontend
	inListen
	inBackend
	inUserlist
	inHTTPErrors

	inDefaults = inAnonymous | inNamed
	inProxy    = inFrontend | inListen | inBackend
	inFront    = inDefaults | inFrontend | inListen
	inBack     = inDefaults | inListen | inBackend
	inAll      = inDefaults | inProxy
)

// parseFunc reads a keyword's arguments; d stands on the last word of its name.
type parseFunc func(p *parser, d *cfg.Dispenser) error

// keyword is one row of a table: what a keyword of one or more words may do where.
type keyword struct {
	// name has its words separated by one space: "timeout client".
	name string
	// in are the sections that allow it. In a proxy that lacks the half it belongs to HAProxy ignores a keyword with a
	// warning.
	in place
	// no allows the prefixes "no" and "default".
	no bool
	// later marks a keyword that HAProxy knows and this program does not have yet.
	later bool
	// warn is why the keyword changes nothing here; it is read as far as parse does, else not at all.
	warn string
	// parse is nil for keywords that are never honoured.
	parse parseFunc
}

// table finds keywords by their name.
type table map[string]*keyword

// newTable joins families. A name that comes twice is a programmer's error.
func newTable(families ...[]keyword) table {
	t := make(table)
	for _, rows := range families {
		for i := range rows {
			k := &rows[i]
			if t[k.name] != nil {
				panic("keyword twice: " + k.name)
			}
			t[k.name] = k
		}
	}
	return t
}

// find returns the keyword with the longest name that the line begins with, and moves d onto its last word.
func (t table) find(d *cfg.Dispenser) *keyword {
	words := []string{d.Val()}
	for range 2 {
		next, ok := d.Peek()
		if !ok {
			break
		}
		d.Next()
		words = append(words, next)
	}
	for n := len(words); n > 0; n-- {
		if k := t[strings.Join(words[:n], " ")]; k != nil {
			return k
		}
		if n > 1 {
			d.Back()
		}
	}
	return nil
}

// nearest is the first word of the keyword that word was probably meant to be.
func (t table) nearest(word string, in place) string {
	var known []string
	for _, k := range t {
		if k.in&in == 0 {
			continue
		}
		first, _, _ := strings.Cut(k.name, " ")
		known = append(known, first)
	}
	slices.Sort(known)
	return cfg.Nearest(word, slices.Compact(known))
}

// names returns all keywords, sorted.
func (t table) names() []string {
	list := make([]string, 0, len(t))
	for name := range t {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// The tables are filled by init: their rows' functions refer to them for hints.
var globalKeywords, proxyKeywords table

func init() {
	globalKeywords = newTable(globalProcess, globalLoops, globalLog, globalStats, globalChecks, globalEnv, globalTune, globalSSL,
		globalIgnored, later(inGlobal, globalLater), globalOld)
	proxyKeywords = newTable(proxyBasics, proxyTimeouts, proxyOptions, proxyLogOptions, proxyLog, proxyCaptures, proxyErrors,
		proxyRules, proxyBackend, proxyChecks, proxyStats, proxyIgnored, later(inAll, proxyLater), proxyOld, proxyOldRules)
}
