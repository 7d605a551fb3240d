package haproxyadapter

import (
	"slices"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/check"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// status is what the program does with a keyword, found out by asking the program.
func status(t *testing.T, e entry) string {
	t.Helper()
	switch e.family {
	case "global":
		return tableStatus(t, e, globalKeywords, globalOld)
	case "proxy":
		if strings.HasPrefix(e.name, "http-check ") {
			h := new(check.HTTP)
			return lineStatus(t, e, h.UnmarshalHAProxy, strings.Fields(e.name)...)
		}
		return tableStatus(t, e, proxyKeywords, proxyOld)
	case "section":
		if slices.Contains(sectionsLater, e.name) {
			return "no"
		}
		if !IsSection(e.name) {
			t.Errorf("section '%s' is unknown to the program", e.name)
		}
		return "yes"
	case "bind":
		b := new(haproxy.Bind)
		return lineStatus(t, e, b.UnmarshalHAProxy, "bind", ":80", e.name, "1", "1")
	case "server":
		s := new(server.Config)
		return lineStatus(t, e, s.UnmarshalHAProxy, "server", "s", "127.0.0.1:80", e.name, "1", "1")
	case "rule":
		return ruleStatus(t, e)
	case "fetch":
		return registered(e.name, sample.Fetches())
	case "converter":
		return registered(e.name, sample.Convs())
	case "acl":
		fetch, _, ok := sample.Alias(e.name)
		if !ok {
			fetch = e.name
		}
		return registered(fetch, sample.Fetches())
	case "cli":
		return cliStatus(e.name)
	case "filter", "service":
		if e.name == "spoe" || e.name == "opentracing" {
			return "never: write a Caddy module in Go"
		}
		return "no"
	case "crt-list", "peers", "userlist":
		return "no"
	}
	t.Errorf("unknown family %q of '%s'", e.family, e.name)
	return "?"
}

func registered(name string, list []string) string {
	if slices.Contains(list, name) {
		return "yes"
	}
	if strings.HasPrefix(name, "lua.") {
		return "never: write a Caddy module in Go"
	}
	return "no"
}

func tableStatus(t *testing.T, e entry, known table, old []keyword) string {
	t.Helper()
	words := strings.Fields(e.name)
	d := cfg.FromWords(cfg.Pos{}, words...)
	d.Next()
	k := known.find(d)
	switch {
	case k == nil:
		t.Errorf("%s '%s' is unknown to the program", e.family, e.name)
		return "?"
	case never(k.name) != "":
		return "never: " + never(k.name)
	case k.later:
		return "no"
	case k.warn != "":
		return "warn: " + k.warn
	case k.name != e.name && fallbacks[k.name]:
		t.Errorf("%s '%s' is only known as a mistake", e.family, e.name)
		return "?"
	case slices.ContainsFunc(old, func(o keyword) bool { return o.name == k.name }):
		return "warn: HAProxy 1.x, taken for its modern spelling"
	case slices.Contains(rightsWords, k.name):
		return "warn: obeyed by the haproxy command, not by caddy run"
	}
	return "yes"
}

// rightsWords are words for the process itself, which only the haproxy command obeys.
var rightsWords = []string{
	"chroot", "daemon", "gid", "group", "master-worker", "pidfile", "quiet", "strict-limits", "uid", "ulimit-n",
	"user", "zero-warning",
}

// lineStatus reads a line with the keyword and judges by what is said about it.
func lineStatus(t *testing.T, e entry, read func(*cfg.Dispenser) error, words ...string) string {
	t.Helper()
	var diags cfg.Diagnostics
	err := read(cfg.NewDispenser(cfg.Line{Words: words}, &diags))
	if err != nil {
		said := err.Error()
		if strings.Contains(said, "'"+e.name+"' is not supported yet") {
			return "no"
		}
		if strings.Contains(said, "unknown keyword '"+e.name+"'") {
			t.Errorf("%s '%s' is unknown to the program", e.family, e.name)
			return "?"
		}
	}
	for _, w := range diags {
		if _, why, ok := strings.Cut(w.Msg, "'"+e.name+"' has no effect"); ok {
			return "warn: no effect" + strings.TrimSuffix(why, ".")
		}
	}
	return "yes"
}

func ruleStatus(t *testing.T, e entry) string {
	t.Helper()
	i := strings.LastIndexByte(e.name, ' ')
	list, name := e.name[:i], e.name[i+1:]
	sets := map[string]action.RuleSet{
		"http-request": action.HTTPRequest, "http-response": action.HTTPResponse, "http-after-response": action.HTTPAfterResponse,
	}
	set, ok := sets[list]
	if !ok {
		return "no" // tcp-request, tcp-response
	}
	d := cfg.FromWords(cfg.Pos{}, list, name)
	_, err := action.Parse(d, set)
	if err != nil && strings.Contains(err.Error(), "not supported yet") {
		return "no"
	}
	if err != nil && strings.Contains(err.Error(), "but got '"+name+"'") {
		t.Errorf("rule '%s' is unknown to the program", e.name)
		return "?"
	}
	return "yes"
}
