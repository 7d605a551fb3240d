package keepalivedconf

import (
	"unicode/utf8"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
)

// maxPass is how many bytes of a password there is place for (RFC 2338, 5.3.10).
const maxPass = 8

func readAuthentication(p *parser, l *line) {
	p.instance.Authentication = &vrrpapp.Authentication{}
	p.block(authenticationKeywords, "authentication", l.s.Block)
	a := p.instance.Authentication
	switch {
	case a.Type == "":
		if a.Pass != "" {
			l.warnf("authentication without auth_type is none; keepalived ignores auth_pass too")
		}
		p.instance.Authentication = nil
	case a.Type == "AH":
		l.warnf("auth_type AH has no effect here: advertisements go without authentication and those with an AH header are not " +
			"understood, so beside a keepalived with AH both become master. Use PASS, or none, on all nodes")
		p.instance.Authentication = nil
	case a.Pass == "":
		l.warnf("authentication without auth_pass is none; keepalived ignores it too")
		p.instance.Authentication = nil
	}
}

var authenticationKeywords = newTable([]keyword{
	{name: "auth_type", read: func(p *parser, l *line) {
		if w, ok := l.word("PASS"); ok {
			if w != "PASS" && w != "AH" {
				l.errorf("auth_type is PASS, not '%s'", w)
			}
			p.instance.Authentication.Type = w
		}
	}},
	{name: "auth_pass", read: func(p *parser, l *line) {
		if w, ok := l.word("a password"); ok {
			if len(w) > maxPass {
				l.warnf("auth_pass has %d bytes, and only the first %d are used", len(w), maxPass)
				w = w[:maxPass]
				if !utf8.ValidString(w) {
					l.errorf("the first %d bytes of auth_pass end inside a letter, and the configuration becomes JSON, which cannot hold that", maxPass)
				}
			}
			p.instance.Authentication.Pass = w
		}
	}},
})
