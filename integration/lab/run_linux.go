package lab

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Outcome is what became of a case.
type Outcome struct {
	Case    string
	Pair    Pair
	Figures Figures
	// Missed are the bounds of Want that were not kept, Goals those of Goal; Failure is why the case could not go on.
	Missed, Goals []string
	Failure       string
	// Excused is keepalived's fault that may have made it fail.
	Excused string
	// Evidence is what happened, with the times.
	Evidence string

	variant Variant
}

// Survived reports whether everything was as wanted.
func (o *Outcome) Survived() bool { return o.Failure == "" && len(o.Missed) == 0 }

// Errors are what is wrong with this program; a pair of keepalived is only measured.
func (o *Outcome) Errors() (list []string) {
	if o.Pair.String() == "keepalived/keepalived" {
		return nil
	}
	if o.Excused == "" {
		list = append(list, o.Missed...)
		if o.Failure != "" {
			list = append(list, o.Failure)
		}
	}
	return append(list, o.Goals...)
}

// Run runs a case with a pair in a world of its own.
func (v Variant) Run(p Pair) *Outcome {
	out := &Outcome{Case: v.ID(), Pair: p, variant: v}
	if v.excused(p) {
		out.Excused = v.Why
	}
	most := v.Most
	if most == 0 {
		most = time.Minute
	}
	if err := hasten(); err != nil {
		out.Failure = err.Error()
		return out
	}
	watch, err := watchStalls()
	if err != nil {
		out.Failure = err.Error()
		return out
	}
	s := &scope{deadline: time.Now().Add(most)}
	var w *World
	s.run(func() {
		w = newWorld(s, p, v.Timing, v.nodes())
		w.stalls = watch
		s.Cleanup(func() { out.Evidence = w.evidence() })
		if v.Configure != nil {
			v.Configure(w)
		}
		if !v.Cold {
			w.Up()
			if !v.Alone {
				w.favour()
			}
			w.Begin()
		}
		v.Do(w)
		w.End()
	})
	out.Failure = s.failure
	if w == nil {
		return out
	}
	out.Figures = w.figures
	if s.failure == "" {
		out.judge(v, w)
	}
	return out
}

func (v Variant) nodes() []string {
	if len(v.Nodes) > 0 {
		return v.Nodes
	}
	return []string{"a", "b"}
}

func (o *Outcome) judge(v Variant, w *World) {
	o.Missed = append(o.Missed, w.missed...)
	if v.Heir != "" && !o.Pair.Ours(v.Heir) {
		if d := silent(w.ear.since(time.Time{}), v.Heir); d >= v.Timing.Down(priorities["a"]) {
			o.Excused = fmt.Sprintf("keepalived did not advertise for %.1f ms", ms(d))
		}
	}
	if v.Want != nil {
		o.Missed = append(o.Missed, check(v.Want(v.Timing), &w.figures)...)
	}
	if v.Goal != nil && v.GoalOf != "" && oursAt(o.Pair, v.GoalOf) {
		o.Goals = check(v.Goal(v.Timing), &w.figures)
	}
}

// evidence is the record, what the client heard and what the programs printed.
func (w *World) evidence() string {
	var b strings.Builder
	for _, line := range w.log {
		fmt.Fprintln(&b, line)
	}
	for _, m := range w.Members {
		fmt.Fprintf(&b, "--- %s (%s)\n", m.Name, m.kind.Name())
		for line := range strings.Lines(m.Log()) {
			if !slices.ContainsFunc(dull, func(d string) bool { return strings.Contains(line, d) }) {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}

// dull is what is of no interest in a log.
var dull = []string{"Sending gratuitous", "Sending unsolicited", "Running on", "Command line", "  '", "Opening file", "Configuration file", "NOTICE: setting", "Registering", "Assigned", "maxprocs:", "GOMEMLIMIT", "using config from", "adapted config", "admin endpoint", "autosaved"}
