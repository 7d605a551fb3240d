package keepalivedconf

import (
	"path/filepath"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// checkScript looks whether a vrrp_script can be run here, and whether it would stop keepalived when its check fails.
func (p *parser) checkScript(t *tracker) {
	pos := t.pos
	if at, ok := t.at["script"]; ok {
		pos = at
	}
	path, ok := p.runnable(pos, "vrrp_script "+t.name, t.Command[0])
	if !ok {
		return
	}
	if line, stops := p.host.StopsKeepalived(path); stops {
		t.StopIsFailure = true
		p.diags.Warnf(pos, "vrrp_script %s: %s:%d stops keepalived, which cannot stop this program; the command counts as the script's failure. "+
			"track_backend can take the script's place", t.name, path, line)
	}
}

// runnable warns of a program that cannot be found.
func (p *parser) runnable(pos conf.Pos, what, program string) (path string, ok bool) {
	path, err := p.host.Command(program)
	if err != nil {
		p.diags.Warnf(pos, "%s: %s cannot be run on this machine (%v); keepalived takes it away then", what, program, err)
		return "", false
	}
	if !filepath.IsAbs(program) {
		p.diags.Warnf(pos, "%s: %s is %s here; write the full path", what, program, path)
	}
	return path, true
}

// checkNotify looks for the program of a notify script.
func (p *parser) checkNotify(l *line, s *vrrpapp.Script) {
	p.runnable(l.s.Pos, l.keyword(), s.Command[0])
}
