package keepalivedconf

import (
	"encoding/json"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// trackerKind is the module of vrrp.trackers that a block makes.
type trackerKind string

const (
	scriptTracker   trackerKind = "script"
	fileTracker     trackerKind = "file"
	processTracker  trackerKind = "process"
	backendTracker  trackerKind = "backend"
	listenerTracker trackerKind = "listener"
)

// trackerID names a tracker: keepalived has names of their own for each kind.
type trackerID struct {
	kind trackerKind
	name string
}

// tracker is a block like vrrp_script. Its JSON is that of the guest modules of vrrp.trackers.
type tracker struct {
	trackerID
	key string // its name in the app's trackers
	pos conf.Pos
	at  map[string]conf.Pos
	module
	used bool
	// number counts the trackers and uses that were read before.
	number int
}

// module is the JSON of all kinds; each has its own fields set.
type module struct {
	Type trackerKind `json:"type"`

	Command       []string          `json:"command,omitempty"`
	Interval      duration.Duration `json:"interval,omitempty"`
	Timeout       duration.Duration `json:"timeout,omitempty"`
	Rise          int               `json:"rise,omitempty"`
	Fall          int               `json:"fall,omitempty"`
	InitFail      bool              `json:"init_fail,omitempty"`
	User          string            `json:"user,omitempty"`
	Group         string            `json:"group,omitempty"`
	StopIsFailure bool              `json:"stop_is_failure,omitempty"`

	File      string `json:"file,omitempty"`
	InitFile  *int   `json:"init_file,omitempty"`
	Overwrite bool   `json:"overwrite,omitempty"`

	Process        []string          `json:"process,omitempty"`
	ParamMatch     string            `json:"param_match,omitempty"`
	Quorum         *int              `json:"quorum,omitempty"`
	QuorumMax      *int              `json:"quorum_max,omitempty"`
	ForkDelay      duration.Duration `json:"fork_delay,omitempty"`
	TerminateDelay duration.Duration `json:"terminate_delay,omitempty"`
	FullCommand    bool              `json:"full_command,omitempty"`

	Backend    string `json:"backend,omitempty"`
	MinServers int    `json:"min_servers,omitempty"`

	Address string `json:"address,omitempty"`

	Weight  *int `json:"weight,omitempty"`
	Reverse bool `json:"reverse,omitempty"`
}

func readTracker(kind trackerKind, words map[string]*keyword) func(*parser, *line) {
	return func(p *parser, l *line) {
		name, ok := l.word("a name")
		if !ok {
			return
		}
		t := &tracker{trackerID: trackerID{kind, name}, pos: l.s.Pos, at: map[string]conf.Pos{}, module: module{Type: kind}}
		for _, s := range l.s.Block {
			t.at[s.Words[0]] = s.Pos
		}
		p.tracker = t
		p.block(words, l.keyword(), l.s.Block)
		p.tracker = nil
		if p.trackers[t.trackerID] != nil {
			l.errorf("%s '%s' is defined twice", l.keyword(), name)
			return
		}
		if t.complete(l) {
			p.define(t)
		}
	}
}

// define gives a tracker its name among those of all kinds.
func (p *parser) define(t *tracker) {
	t.number = p.count()
	t.key = t.name
	for _, other := range p.order {
		if other.key == t.key {
			t.key = string(t.kind) + " " + t.name
		}
	}
	p.trackers[t.trackerID] = t
	p.order = append(p.order, t)
}

func (p *parser) count() int {
	p.counted++
	return p.counted
}

// complete wants the word that the tracker is about.
func (t *tracker) complete(l *line) bool {
	missing := ""
	switch {
	case t.kind == scriptTracker && len(t.Command) == 0:
		missing = "script"
	case t.kind == fileTracker && t.File == "":
		missing = "file"
	case t.kind == processTracker && len(t.Process) == 0:
		missing = "process"
	case t.kind == backendTracker && t.Backend == "":
		missing = "backend"
	case t.kind == listenerTracker && t.Address == "":
		missing = "address"
	}
	if missing != "" {
		if _, ok := t.at[missing]; !ok {
			l.errorf("%s '%s' has no '%s'; keepalived ignores the block", l.keyword(), t.name, missing)
		}
		return false
	}
	return true
}

// trackersJSON writes the trackers into the app.
func (p *parser) trackersJSON() {
	for _, t := range p.order {
		raw, err := json.Marshal(t.module)
		if err != nil {
			p.diags.Errorf(t.pos, "%v", err)
			continue
		}
		if p.app.Trackers == nil {
			p.app.Trackers = map[string]json.RawMessage{}
		}
		p.app.Trackers[t.key] = raw
	}
}

// readWeight reads weight N [reverse] of a tracker.
func readWeight(most int) func(*parser, *line) {
	return func(p *parser, l *line) {
		n, ok := l.integer(-most, most)
		if !ok {
			return
		}
		p.tracker.Weight = &n
		if w, more := l.optional(); more {
			switch w {
			case "reverse":
				p.tracker.Reverse = true
			case "noreverse", "no_reverse":
				p.tracker.Reverse = false
			default:
				l.errorf("'weight' is a number and reverse, not '%s'", w)
			}
		}
	}
}

const (
	maxWeight = 253
	// maxWideWeight is of files and processes; the manual says more for files, keepalived 2.2.7 refuses it.
	maxWideWeight = 254
)

var scriptKeywords = newTable([]keyword{
	{name: "script", read: func(p *parser, l *line) { p.tracker.Command = p.command(l) }},
	{name: "interval", read: func(p *parser, l *line) {
		if d, ok := l.wholeSeconds(1, maxSeconds); ok {
			p.tracker.Interval = d
		}
	}},
	{name: "timeout", read: func(p *parser, l *line) {
		if d, ok := l.wholeSeconds(1, maxSeconds); ok {
			p.tracker.Timeout = d
		}
	}},
	{name: "weight", read: readWeight(maxWeight)},
	{name: "rise", read: setInt(func(p *parser) *int { return &p.tracker.Rise }, 1, 1<<31-1)},
	{name: "fall", read: setInt(func(p *parser) *int { return &p.tracker.Fall }, 1, 1<<31-1)},
	{name: "user", read: func(p *parser, l *line) { p.tracker.User, p.tracker.Group, _ = p.owner(l, true) }},
	{name: "init_fail", read: setFlag(func(p *parser) *bool { return &p.tracker.InitFail })},
})

var fileKeywords = newTable([]keyword{
	{name: "file", read: func(p *parser, l *line) {
		w, ok := l.word("a path")
		if ok && !strings.HasPrefix(w, "/") {
			l.errorf("file '%s' is no absolute path", w)
		}
		p.tracker.File = w
	}},
	{name: "weight", first: true, read: readWeight(maxWideWeight)},
	{name: "init_file", read: func(p *parser, l *line) {
		p.tracker.InitFile = new(int)
		for w, ok := l.optional(); ok; w, ok = l.optional() {
			if w == "overwrite" {
				p.tracker.Overwrite = true
			} else if n, ok := l.number("init_file", w, -1<<31, 1<<31-1); ok {
				if *p.tracker.InitFile = n; n < -254 || n > 254 {
					l.warnf("init_file %d is outside of -254 to 254", n)
				}
			}
		}
	}},
})

var processKeywords = newTable([]keyword{
	{name: "process", read: func(p *parser, l *line) {
		if first, ok := l.word("the name of a program"); ok {
			p.tracker.Process = append([]string{first}, l.rest()...)
		}
	}},
	{name: "param_match", read: func(p *parser, l *line) {
		w, ok := l.word("initial or partial")
		if ok && w != "initial" && w != "partial" {
			l.errorf("param_match is initial or partial, not '%s'", w)
		}
		p.tracker.ParamMatch = w
	}},
	{name: "weight", first: true, read: readWeight(maxWideWeight)},
	{name: "quorum", read: func(p *parser, l *line) {
		if n, ok := l.integer(1, 65535); ok {
			p.tracker.Quorum = &n
		}
	}},
	{name: "quorum_max", read: func(p *parser, l *line) {
		if n, ok := l.integer(0, 65535); ok {
			p.tracker.QuorumMax = &n
		}
	}},
	{name: "fork_delay", read: setTime(func(p *parser) *duration.Duration { return &p.tracker.ForkDelay }, 1e-6, 3600)},
	{name: "terminate_delay", read: setTime(func(p *parser) *duration.Duration { return &p.tracker.TerminateDelay }, 1e-6, 3600)},
	{name: "delay", read: func(p *parser, l *line) {
		if d, ok := l.seconds(1e-6, 3600); ok {
			p.tracker.ForkDelay, p.tracker.TerminateDelay = d, d
		}
	}},
	{name: "full_command", read: setFlag(func(p *parser) *bool { return &p.tracker.FullCommand })},
})

// Ours: servers of a backend and listeners of this process.
var backendKeywords = newTable([]keyword{
	{name: "backend", read: setWord(func(p *parser) *string { return &p.tracker.Backend }, "the name of a backend")},
	{name: "min_servers", read: setInt(func(p *parser) *int { return &p.tracker.MinServers }, 1, 1<<20)},
	{name: "interval", read: setTime(func(p *parser) *duration.Duration { return &p.tracker.Interval }, 0.001, 1e6)},
	{name: "weight", read: readWeight(maxWeight)},
	{name: "init_fail", read: setFlag(func(p *parser) *bool { return &p.tracker.InitFail })},
})

var listenerKeywords = newTable([]keyword{
	{name: "address", read: setWord(func(p *parser) *string { return &p.tracker.Address }, "an address and a port")},
	{name: "interval", read: setTime(func(p *parser) *duration.Duration { return &p.tracker.Interval }, 0.001, 1e6)},
	{name: "timeout", read: setTime(func(p *parser) *duration.Duration { return &p.tracker.Timeout }, 0.001, 1e6)},
	{name: "rise", read: setInt(func(p *parser) *int { return &p.tracker.Rise }, 1, 1<<31-1)},
	{name: "fall", read: setInt(func(p *parser) *int { return &p.tracker.Fall }, 1, 1<<31-1)},
	{name: "weight", read: readWeight(maxWeight)},
	{name: "init_fail", read: setFlag(func(p *parser) *bool { return &p.tracker.InitFail })},
})
