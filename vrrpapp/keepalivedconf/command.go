package keepalivedconf

import (
	"strings"
	"unicode/utf8"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// commandLine reads the statement again as keepalived does where a command stands: with escapes and both kinds of quotes. What
// follows the command are its user and group.
func (l *line) commandLine() (command []string, rest []string, ok bool) {
	if _, ok = l.word("a command"); !ok {
		return nil, nil, false
	}
	list, err := conf.CommandWords(l.s.Text)
	if err != nil {
		l.errorf("'%s': %v", l.keyword(), err)
		return nil, nil, false
	}
	if len(list) < 2 {
		l.errorf("'%s' needs a command", l.keyword())
		return nil, nil, false
	}
	command, err = conf.CommandWords(list[1])
	switch {
	case err != nil:
		l.errorf("'%s': %v", l.keyword(), err)
		return nil, nil, false
	case len(command) == 0:
		l.errorf("'%s' needs a command", l.keyword())
		return nil, nil, false
	}
	for _, w := range append(command, list[2:]...) {
		if !utf8.ValidString(w) || strings.IndexByte(w, 0) >= 0 {
			l.errorf("'%s': %+q holds bytes that no argument here can have", l.keyword(), w)
			return nil, nil, false
		}
	}
	l.next = len(l.s.Words)
	return command, list[2:], true
}

// command reads a command that is followed by nothing.
func (p *parser) command(l *line) []string {
	command, rest, ok := l.commandLine()
	if ok && len(rest) > 0 {
		l.warnf("'%s' takes one word, put the command with its arguments into quotes; keepalived ignores '%s' too", l.keyword(), rest[0])
	}
	return command
}

// script reads a command, and who runs it.
func (p *parser) script(l *line) *vrrpapp.Script {
	command, rest, ok := l.commandLine()
	if !ok {
		return nil
	}
	s := &vrrpapp.Script{Command: command}
	p.checkNotify(l, s)
	owner := &line{p: p, s: &conf.Statement{Pos: l.s.Pos, Words: append([]string{l.keyword()}, rest...)}, next: 1}
	if len(rest) == 0 {
		return s
	}
	if s.User, s.Group, ok = p.owner(owner, false); !ok {
		return nil
	}
	owner.end(&keyword{name: l.keyword()})
	return s
}

// owner reads a user and perhaps a group.
func (p *parser) owner(l *line, must bool) (user, group string, ok bool) {
	if user, ok = l.word("a user"); !ok {
		return "", "", false
	}
	group, _ = l.optional()
	if !p.host.User(user) {
		if must {
			l.warnf("there is no user '%s' on this machine", user)
			return user, group, true
		}
		l.warnf("there is no user '%s' on this machine, so keepalived does not run the script and neither is it run here; a command with arguments stands in quotes", user)
		return "", "", false
	}
	if group != "" && !p.host.Group(group) {
		l.warnf("there is no group '%s' on this machine", group)
	}
	return user, group, true
}
