package lab

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Row is a line of the table of figures: a case with one timing, measured with each pair.
type Row struct {
	Event  string
	Timing Timing
	// Figure is what the numbers are: "gap" (ms without an answer), "several" (ms with more than one holder), "took" (ms until
	// the address was there), "changes" (takings and lettings).
	Figure string
	// Median of a pair by its name. A pair that was not measured is not there.
	Median map[string]float64
	// Goal is what a pair of this program is asked for; NaN is nothing.
	Goal float64
}

// Met reports whether a pair of this program reaches the goal.
func (r *Row) Met() bool { return r.Median["ours/ours"] <= r.Goal }

// figure is the number that a case is measured by.
func (o *Outcome) figure(what string) float64 {
	f := &o.Figures
	switch what {
	case "several":
		return ms(f.Several)
	case "took":
		return ms(f.Took)
	case "moved":
		return ms(f.Moved)
	case "changes":
		return float64(f.Changes)
	}
	return ms(f.Gap)
}

// Rows are the medians of the outcomes, in the order of the cases.
func Rows(outcomes []*Outcome) (rows []*Row) {
	byID := map[string]*Row{}
	values := map[*Row]map[string][]float64{}
	for _, o := range outcomes {
		v := o.variant
		r := byID[v.ID()]
		if r == nil {
			r = &Row{Event: v.Name, Timing: v.Timing, Figure: cmp.Or(v.Figure, "gap"), Median: map[string]float64{}}
			byID[v.ID()], values[r] = r, map[string][]float64{}
			rows = append(rows, r)
		}
		if o.Failure == "" {
			values[r][o.Pair.String()] = append(values[r][o.Pair.String()], o.figure(r.Figure))
		}
	}
	for _, o := range outcomes {
		r := byID[o.variant.ID()]
		for pair, list := range values[r] {
			r.Median[pair] = median(list)
		}
		r.Goal = math.NaN()
		if o.variant.Ceiling != nil {
			r.Goal = o.variant.Ceiling(r.Median["keepalived/keepalived"])
		}
	}
	return rows
}

func median(list []float64) float64 {
	slices.Sort(list)
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}

// under and above are goals: a number, or so much more than keepalived.
func under(ms float64) func(float64) float64 { return func(float64) float64 { return ms } }
func above(ms float64) func(float64) float64 { return func(k float64) float64 { return k + ms } }

func (v Variant) String() string { return fmt.Sprintf("%s, %v", v.Name, v.Timing) }

var pairNames = []string{"keepalived/keepalived", "ours/ours", "ours/keepalived", "keepalived/ours"}

// Table is what became of the cases in Markdown: how many each pair survived, the medians, and what was not survived.
func Table(outcomes []*Outcome) string {
	var b strings.Builder
	b.WriteString(survived(outcomes))
	b.WriteString("### Figures\n\nMedians in ms (changes: a number). \"gap\" is the longest time without an answer for a client that asks every 5 ms, \"several\" how long more than one node had the address, \"took\" the time until it was there, \"moved\" the time until another node had it (a killed proxy's node may hold it longer: it answers pings, but nothing serves there).\n\n")
	lines := [][]string{append(append([]string{"event", "timing", "figure"}, pairNames...), "goal", "")}
	for _, r := range Rows(outcomes) {
		line := []string{r.Event, r.Timing.String(), r.Figure}
		for _, p := range pairNames {
			line = append(line, cell(r, p))
		}
		goal, verdict := "", ""
		if _, measured := r.Median["ours/ours"]; !math.IsNaN(r.Goal) {
			goal = fmt.Sprintf("<= %.0f", r.Goal)
			if verdict = "MISSED"; measured && r.Met() {
				verdict = "met"
			}
		}
		lines = append(lines, append(line, goal, verdict))
	}
	b.WriteString(markdown(lines))
	b.WriteString(failures(outcomes))
	return b.String()
}

func cell(r *Row, pair string) string {
	v, ok := r.Median[pair]
	switch {
	case !ok:
		return "-"
	case r.Figure == "changes":
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

// survived counts a case as survived when all its rounds were.
func survived(outcomes []*Outcome) string {
	lines := [][]string{{"pair", "survived", "of"}}
	for _, pair := range pairNames {
		bad, all := map[string]bool{}, map[string]bool{}
		for _, o := range outcomes {
			if o.Pair.String() == pair {
				all[o.Case] = true
				bad[o.Case] = bad[o.Case] || !o.Survived()
			}
		}
		n := 0
		for id := range all {
			if !bad[id] {
				n++
			}
		}
		if len(all) > 0 {
			lines = append(lines, []string{pair, fmt.Sprint(n), fmt.Sprint(len(all))})
		}
	}
	return "### Cases survived\n\n" + markdown(lines) + "\n"
}

// failures lists what was not survived, and goals that were missed.
func failures(outcomes []*Outcome) string {
	lines := [][]string{{"pair", "case", "what", "whose fault"}}
	seen := map[string]bool{}
	for _, o := range outcomes {
		what := slices.Concat(o.Missed, o.Goals)
		if o.Failure != "" {
			what = append(what, o.Failure)
		}
		key := o.Pair.String() + o.Case
		if len(what) == 0 || seen[key] {
			continue
		}
		seen[key] = true
		fault := ""
		if len(o.Errors()) == 0 {
			fault = cmp.Or(o.Excused, "keepalived's")
		}
		text := strings.ReplaceAll(strings.Join(what, "; "), "|", "/")
		text, _, _ = strings.Cut(text, "\n")
		lines = append(lines, []string{o.Pair.String(), o.variant.String(), text, fault})
	}
	if len(lines) == 1 {
		return ""
	}
	return "\n### Not survived, or not as asked\n\n" + markdown(lines)
}

// markdown pads the columns.
func markdown(lines [][]string) string {
	width := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, s := range l {
			width[i] = max(width[i], len([]rune(s)))
		}
	}
	var b strings.Builder
	row := func(l []string) {
		for i, s := range l {
			fmt.Fprintf(&b, "| %-*s ", width[i], s)
		}
		b.WriteString("|\n")
	}
	row(lines[0])
	for _, w := range width {
		b.WriteString("|" + strings.Repeat("-", w+2))
	}
	b.WriteString("|\n")
	for _, l := range lines[1:] {
		row(l)
	}
	return b.String()
}
