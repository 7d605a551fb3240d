package stats

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"
)

// pageText is the page's layout.
//
//go:embed page.html
var pageText string

// layout is parsed when the first page is asked for: most processes serve none.
var layout = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(pageText))
})

// document is what the layout is filled with.
type document struct {
	*Page
	Process *Process
	Now     time.Time
	Version string
	Title   string
	Uptime  string
	Message *message
	Links   []link
	Query   query
	ScopeIs string
	Proxies []section
	Actions []choice
	Admin   bool
	Base    string
}

type link struct{ Href, Text string }

type message struct{ Class, Text string }

type choice struct{ Value, Text string }

// section is one proxy of the page.
type section struct {
	*Proxy
	Cap   string
	Form  bool // it has servers that the form can change
	Lines []line
}

// line is one row of a section's table.
type line struct {
	*row
	Class, Label, Server, Tip string
}

// Cell is the text of a column.
func (l *line) Cell(name string) string { return l.v[columnNumber[name]].text() }

var columnNumber = func() map[string]field {
	m := make(map[string]field, fieldCount)
	for f := range columns {
		m[columns[f].name] = field(f)
	}
	return m
}()

// Age is a column with seconds as a short duration.
func (l *line) Age(name string) string {
	v := &l.v[columnNumber[name]]
	if !v.set || v.n < 0 {
		return ""
	}
	return shortAge(v.n)
}

// shortAge writes seconds as 1d2h, 3h4m, 5m6s or 7s.
func shortAge(n int64) string {
	switch {
	case n >= 86400:
		return fmt.Sprintf("%dd%dh", n/86400, n/3600%24)
	case n >= 3600:
		return fmt.Sprintf("%dh%dm", n/3600, n/60%60)
	case n >= 60:
		return fmt.Sprintf("%dm%ds", n/60, n%60)
	}
	return fmt.Sprintf("%ds", n)
}

// Check is the text of the last health check.
func (l *line) Check() string {
	s := l.Cell("check_status")
	if s == "" {
		return ""
	}
	if c := l.Cell("check_code"); c != "" && c != "0" {
		s += "/" + c
	}
	if d := l.Cell("check_duration"); d != "" {
		s += " in " + d + "ms"
	}
	return s
}

var messages = map[string]message{
	actionDone:    {"good", "Action processed successfully."},
	actionNone:    {"mild", "Nothing has changed."},
	actionPart:    {"mild", "Action partially processed: some server names are unknown."},
	actionErr:     {"bad", "Action not processed because of invalid parameters: the action, the backend or a server is unknown."},
	actionTooLong: {"bad", "Action not processed: too many servers at a time."},
	actionDenied:  {"bad", "Action denied."},
}

var choices = []choice{
	{"ready", "Set state to READY"}, {"drain", "Set state to DRAIN"}, {"maint", "Set state to MAINT"},
	{"dhlth", "Health: disable checks"}, {"ehlth", "Health: enable checks"}, {"hrunn", "Health: force UP"},
	{"hnolb", "Health: force NOLB"}, {"hdown", "Health: force DOWN"},
}

// render makes the HTML page.
func (p *Page) render(proc *Process, list []*Proxy, w *view, q *query, admin bool) []byte {
	now := time.Now()
	d := &document{
		Page: p, Process: proc, Now: now, Uptime: uptime(now.Sub(proc.Start)), Query: *q, ScopeIs: q.scope,
		Admin: admin, Actions: choices, Title: "Statistics Report for HAProxy", Links: p.links(*q),
	}
	if !p.HideVersion {
		d.Version = Version
	}
	if node := p.node(proc); p.ShowNode && node != "" {
		d.Title += " on " + node
	}
	if m, ok := messages[q.state]; ok {
		d.Message = &m
		d.Base = p.URI + p.suffix(*q)
	}
	for _, x := range list {
		if x.Disabled || !p.shows(x.Name, q) {
			continue
		}
		s := section{Proxy: x, Cap: x.cap()}
		for _, r := range w.rows(x, now) {
			s.Lines = append(s.Lines, p.line(r))
			s.Form = s.Form || admin && r.kind == serverRow
		}
		d.Proxies = append(d.Proxies, s)
	}
	var b bytes.Buffer
	if err := layout().Execute(&b, d); err != nil {
		return []byte("<html><body><h1>Statistics</h1>The page could not be made.</body></html>\n")
	}
	return b.Bytes()
}

func (p *Page) node(proc *Process) string {
	if p.Node != "" {
		return p.Node
	}
	return proc.Node
}

// About is the description of the node, with stats show-desc.
func (d *document) About() string {
	switch {
	case !d.ShowDesc:
		return ""
	case d.Desc != "":
		return d.Desc
	}
	return d.Process.Description
}

// FormKey is the query that the address of the scope's form needs: browsers replace the whole query with the fields.
func (d *document) FormKey() string {
	_, key, _ := strings.Cut(d.URI, "?")
	return key
}

// links are the other forms of the page.
func (p *Page) links(q query) []link {
	q.form, q.state = "", ""
	to := func(text string, change func(*query)) link {
		c := q
		change(&c)
		return link{p.URI + p.suffix(c), text}
	}
	list := []link{to("Refresh now", func(*query) {})}
	if q.up {
		list = append(list, to("Show all servers", func(c *query) { c.up = false }))
	} else {
		list = append(list, to("Hide 'DOWN' servers", func(c *query) { c.up = true }))
	}
	if p.Refresh > 0 {
		text := "Disable refresh"
		if q.noRefresh {
			text = "Enable refresh"
		}
		list = append(list, to(text, func(c *query) { c.noRefresh = !c.noRefresh }))
	}
	return append(list, to("CSV export", func(c *query) { c.form = "csv" }), to("JSON export", func(c *query) { c.form = "json" }))
}

func (p *Page) line(r *row) line {
	l := line{row: r}
	switch r.kind {
	case frontendRow:
		l.Label, l.Class = "Frontend", "frontend"
	case backendRow:
		l.Label, l.Class = "Backend", "backend"
		if p.ShowLegends {
			l.Tip = "balancing: " + l.Cell("algo")
			if c := l.Cell("cookie"); c != "" {
				l.Tip += ", cookie: '" + c + "'"
			}
		}
	default:
		l.Label = l.Cell("svname")
		l.Server, l.Class = l.Label, serverClass(l.Cell("status"), l.Cell("bck") == "1")
		if p.ShowLegends {
			l.Tip = fmt.Sprintf("%s, id: %d", l.Cell("addr"), r.sid)
			if c := l.Cell("cookie"); c != "" {
				l.Tip += ", cookie: '" + c + "'"
			}
		}
	}
	return l
}

// serverClass is the style of a server's line.
func serverClass(status string, backup bool) string {
	kind := "active"
	if backup {
		kind = "backup"
	}
	word, part, changing := strings.Cut(status, " ")
	switch {
	case word == "MAINT":
		return "maint"
	case word == "DRAIN":
		return kind + " drain"
	case word == "NOLB":
		return kind + " nolb"
	case status == "no check":
		return kind + " unchecked"
	case word == "DOWN" && changing:
		return kind + " rising"
	case word == "DOWN":
		return kind + " down"
	case changing && part != "":
		return kind + " falling"
	}
	return kind + " up"
}
