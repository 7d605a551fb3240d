package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// row is one line of a cell's table.
type row struct {
	name   string
	rate   float64
	p50    time.Duration
	p99    time.Duration
	cpu    time.Duration
	logs   float64 // per request
	memory float64 // bytes per idle connection
}

// summarise takes the median of each column by itself.
func summarise(name string, turns []turn) row {
	r := row{name: name}
	var rate, p50, p99, cpu, logs []float64
	for _, t := range turns {
		rate = append(rate, t.rate)
		p50 = append(p50, float64(t.p50))
		p99 = append(p99, float64(t.p99))
		cpu = append(cpu, float64(t.cpu))
		logs = append(logs, t.logs)
	}
	r.rate, r.logs = median(rate), median(logs)
	r.p50, r.p99, r.cpu = time.Duration(median(p50)), time.Duration(median(p99)), time.Duration(median(cpu))
	return r
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	if len(s) == 0 {
		return 0
	}
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// table prints a cell in Markdown that also reads well in a terminal.
func table(c cell, rows []row) string {
	lines := [][]string{{"", "requests/s", "p50", "p99", "CPU per request", "to " + rows[0].name}}
	for _, r := range rows {
		lines = append(lines, []string{
			r.name, fmt.Sprintf("%.1f", r.rate), short(r.p50), short(r.p99), short(r.cpu), ratio(float64(r.cpu), float64(rows[0].cpu)),
		})
	}
	if c.full {
		lines[0] = append(lines[0], "log lines per request")
		for i, r := range rows {
			lines[i+1] = append(lines[i+1], fmt.Sprintf("%.2f", r.logs))
		}
	}
	if c.kind == idle {
		lines = [][]string{{"", "bytes per connection", "to " + rows[0].name}}
		for _, r := range rows {
			lines = append(lines, []string{r.name, fmt.Sprintf("%.0f", r.memory), ratio(r.memory, rows[0].memory)})
		}
	}
	return "## " + c.name + ": " + c.title + "\n\n" + align(lines) + "\n"
}

func align(lines [][]string) string {
	width := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, s := range l {
			width[i] = max(width[i], len(s))
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

// short writes a time with three digits.
func short(d time.Duration) string {
	switch {
	case d < 100*time.Microsecond:
		return fmt.Sprintf("%.1f us", float64(d)/1e3)
	case d < time.Millisecond:
		return fmt.Sprintf("%.0f us", float64(d)/1e3)
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%.2f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.0f ms", float64(d)/1e6)
}

func ratio(a, b float64) string {
	if b <= 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", a/b)
}
