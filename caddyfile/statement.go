package caddyfile

import (
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// opens moves d onto the brace that begins a block, if one follows.
func opens(d *caddyfile.Dispenser) bool {
	if !d.Next() {
		return false
	}
	if brace(d, "{") {
		return true
	}
	d.Prev()
	return false
}

// brace tells whether d stands on a brace that is not in quotes.
func brace(d *caddyfile.Dispenser, which string) bool { return d.Val() == which && !d.Token().Quoted() }

// statements reads the block whose opening brace d stands on, up to its end, in the form that a keepalived.conf has when it
// has been read.
func statements(d *caddyfile.Dispenser) (list []*conf.Statement, err error) {
	for d.Next() {
		if brace(d, "}") {
			return list, nil
		}
		if brace(d, "{") {
			return nil, d.Err("'{' without a word before it")
		}
		s := &conf.Statement{Pos: conf.Pos{File: d.File(), Line: d.Line()}}
		s.Words, s.Text = []string{d.Val()}, quoted(d.Token())
		list = append(list, s)
		for d.NextArg() {
			if brace(d, "}") {
				return list, nil // the block ends on the same line
			}
			s.Words = append(s.Words, d.Val())
			s.Text += " " + quoted(d.Token())
		}
		if opens(d) {
			s.HasBlock = true
			if s.Block, err = statements(d); err != nil {
				return nil, err
			}
		}
	}
	return nil, d.EOFErr()
}

// quoted is a token as a keepalived.conf would have it: a command is read from the text.
func quoted(t caddyfile.Token) string {
	if t.Text != "" && !t.Quoted() {
		return t.Text
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(t.Text) + `"`
}
