package main

import (
	"fmt"
	"math"
	"os"
	"strings"
	"unicode/utf8"
)

// table prints a cell in Markdown that also reads well in a terminal.
func table(r *result) string {
	lines := [][]string{append(append([]string{""}, r.names...), "this to haproxy", "goal", "")}
	for _, m := range r.measures {
		line := []string{m.name}
		for i := range r.names {
			line = append(line, value(m, i))
		}
		line = append(line, number(r.ratio(m), showFraction), goalText(m), r.verdict(m))
		lines = append(lines, line)
	}
	text := fmt.Sprintf("## %s: %s; %s\n\n%s\n", r.cell.name, r.cell.title, threadText(r.threads), align(lines))
	for _, n := range r.notes {
		text += n + "\n\n"
	}
	return text
}

// summary is the table of all goals, one line for each.
func summary(all []*result) string {
	lines := [][]string{{"cell", "threads", "measure", "haproxy", "this", "ratio", "goal", ""}}
	for _, r := range all {
		for _, m := range r.measures {
			if m.goal == nil {
				continue
			}
			lines = append(lines, []string{
				r.cell.name, fmt.Sprint(r.threads), m.name, number(r.of(m, "haproxy"), m.show), number(r.of(m, "this"), m.show),
				number(r.ratio(m), showFraction), goalText(m), r.verdict(m),
			})
		}
	}
	return "## Goals\n\n" + align(lines) + "\n"
}

// failure is the note of a contender that failed; the whole error goes to standard error.
func failure(who contender, err error) string {
	fmt.Fprintf(os.Stderr, "%s: %v\n", who.name, err)
	first, _, _ := strings.Cut(err.Error(), "\n")
	return who.name + " failed: " + first
}

func threadText(n int) string {
	if n == 1 {
		return "1 thread"
	}
	return fmt.Sprintf("%d threads", n)
}

func goalText(m measure) string {
	if m.goal == nil {
		return ""
	}
	return m.goal.String(m.show)
}

func value(m measure, i int) string {
	if i >= len(m.values) {
		return "-"
	}
	return number(m.values[i], m.show)
}

func number(v float64, show func(float64) string) string {
	if math.IsNaN(v) {
		return "-"
	}
	return show(v)
}

// align pads the columns; the first stands on the left, the others on the right.
func align(lines [][]string) string {
	width := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, s := range l {
			width[i] = max(width[i], utf8.RuneCountInString(s))
		}
	}
	var b strings.Builder
	for n, l := range lines {
		for i, s := range l {
			if i == 0 {
				fmt.Fprintf(&b, "| %-*s |", width[i], s)
			} else {
				fmt.Fprintf(&b, " %*s |", width[i], s)
			}
		}
		b.WriteByte('\n')
		if n == 0 {
			for i, w := range width {
				if i == 0 {
					b.WriteString("|" + strings.Repeat("-", w+2) + "|")
				} else {
					b.WriteString(strings.Repeat("-", w+1) + ":|")
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}
