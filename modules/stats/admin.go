package stats

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// How an action of the form ended: the value of st= in the location of the answer.
const (
	actionDone    = "DONE"
	actionNone    = "NONE" // nothing was to be changed
	actionPart    = "PART" // some servers are unknown
	actionErr     = "ERRP" // wrong parameters
	actionTooLong = "EXCD"
	actionDenied  = "DENY"
)

// post performs the action of the form and answers with the page's own address.
func (p *Page) post(t *txn.Txn, q *query) {
	state := actionDenied
	if p.admin(t) {
		state = actionTooLong
		if t.BodyComplete || len(t.Body) == 0 {
			state = p.act(string(t.Body))
		}
	}
	again := query{up: q.up, noRefresh: q.noRefresh, scope: q.scope}
	r := begin(t, 303, "See Other", "text/plain")
	r.ContentLength = 0
	r.Headers.Add(nameContentLength, valueZero)
	r.Headers.Add(nameLocation, []byte(p.URI+";st="+state+p.suffix(again)))
}

// form is a decoded form: the servers that are checked, the backend, and what to do.
type form struct {
	action  string
	servers []string
}

// parseForm reads the body of the form, like HAProxy from its end: of several actions or backends the last one counts. ok is
// false for an unknown one.
func (p *Page) parseForm(body string) (f form, be *Proxy, ok bool) {
	pairs := strings.Split(body, "&")
	for i := len(pairs) - 1; i >= 0; i-- {
		name, value, _ := strings.Cut(pairs[i], "=")
		if v, err := url.QueryUnescape(value); err == nil {
			value = v
		}
		switch name {
		case "action":
			if f.action == "" {
				if actions[value] == nil {
					return f, nil, false
				}
				f.action = value
			}
		case "b":
			if be == nil {
				if be = p.backend(value); be == nil {
					return f, nil, false
				}
			}
		case "s":
			f.servers = append(f.servers, value)
		}
	}
	return f, be, true
}

// backend finds the backend of "#<number>" or of a name.
func (p *Page) backend(word string) *Proxy {
	id := 0
	if num, ok := strings.CutPrefix(word, "#"); ok {
		var err error
		if id, err = strconv.Atoi(num); err != nil {
			return nil
		}
	}
	for _, x := range p.Source.Proxies() {
		if x.Backend != nil && (id != 0 && x.ID == id || id == 0 && x.Name == word) {
			return x
		}
	}
	return nil
}

// act performs the action of a form.
func (p *Page) act(body string) string {
	f, be, ok := p.parseForm(body)
	if !ok {
		return actionErr
	}
	if f.action == "" || be == nil {
		return actionNone
	}
	changed, unknown := 0, 0
	for _, name := range f.servers {
		s := be.Backend.ServerByName(name)
		switch {
		case s == nil:
			unknown++
		case actions[f.action](s):
			changed++
		}
	}
	switch {
	case unknown > 0 && changed > 0:
		return actionPart
	case unknown > 0:
		return actionErr
	case changed > 0:
		return actionDone
	}
	return actionNone
}

// actions are what the form can do to a server; they tell whether there was anything to do. Those about agents do nothing:
// no server has one.
var actions = map[string]func(*server.Server) bool{
	"ready":   setMode(server.Ready),
	"drain":   setMode(server.Drain),
	"maint":   setMode(server.Maintenance),
	"disable": setMode(server.Maintenance),
	"enable":  func(s *server.Server) bool { s.LeaveMaintenance(); return true },
	"stop":    setMode(server.Drain),
	"start":   setMode(server.Ready),
	"dhlth":   func(s *server.Server) bool { return switchChecks(s, false) },
	"ehlth":   func(s *server.Server) bool { return switchChecks(s, true) },
	"hrunn":   setHealth(server.HealthUp),
	"hnolb":   setHealth(server.HealthStopping),
	"hdown":   setHealth(server.HealthDown),
	"dagent":  nothing,
	"eagent":  nothing,
	"arunn":   nothing,
	"adown":   nothing,
}

func setMode(m server.Mode) func(*server.Server) bool {
	return func(s *server.Server) bool { s.SetMode(m); return true }
}

func setHealth(op server.Operation) func(*server.Server) bool {
	return func(s *server.Server) bool {
		s.SetHealth(op, "Web interface")
		return true
	}
}

func switchChecks(s *server.Server, on bool) bool {
	if !s.Config().Check || s.ChecksOn() == on {
		return false
	}
	s.SetChecks(on)
	return true
}

func nothing(*server.Server) bool { return false }
