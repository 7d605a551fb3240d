package main

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// result is what a cell found, with one number of threads.
type result struct {
	cell     cell
	threads  int
	names    []string // of the contenders, as the values of each measure are ordered
	measures []measure
	notes    []string
}

// measure is one line of a cell's table: the same thing measured of every contender.
type measure struct {
	name   string
	values []float64 // NaN where it was not measured
	show   func(float64) string
	goal   *goal
}

// goal is what this engine must reach in a measure.
type goal struct {
	limit    float64 // at most this
	accept   float64 // more than limit, and still accepted; 0 where nothing is
	absolute bool    // of the value itself; else of its ratio to haproxy's
}

func (g *goal) String(show func(float64) string) string {
	if g.absolute {
		return "<= " + show(g.limit)
	}
	return fmt.Sprintf("<= %.2f x", g.limit)
}

// of returns the value of a contender, NaN when there is none.
func (r *result) of(m measure, name string) float64 {
	if i := slices.Index(r.names, name); i >= 0 && i < len(m.values) {
		return m.values[i]
	}
	return math.NaN()
}

// ratio is this engine's value to haproxy's; NaN where one of them is missing or there is nothing to divide by.
func (r *result) ratio(m measure) float64 {
	a, b := r.of(m, "this"), r.of(m, "haproxy")
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

// verdict says whether the goal is met. Without a goal it is empty.
func (r *result) verdict(m measure) string {
	if m.goal == nil {
		return ""
	}
	v := r.ratio(m)
	if m.goal.absolute {
		v = r.of(m, "this")
	}
	switch {
	case math.IsNaN(v):
		return "not measured"
	case v <= m.goal.limit:
		return "met"
	case v <= m.goal.accept:
		return "accepted"
	}
	return "MISSED"
}

// samples collects the values of one measure over the rounds, for each contender.
type samples [][]float64

func newSamples(contenders int) samples { return make(samples, contenders) }

func (s samples) add(contender int, v float64) { s[contender] = append(s[contender], v) }

// medians are the values of a measure; NaN where a contender has no sample.
func (s samples) medians() []float64 {
	m := make([]float64, len(s))
	for i, v := range s {
		m[i] = median(v)
	}
	return m
}

// median of nothing is NaN.
func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	if len(s) == 0 {
		return math.NaN()
	}
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// The ways to write a value.

// showTime writes nanoseconds with three digits.
func showTime(v float64) string {
	d := time.Duration(v)
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

func showCount(v float64) string    { return fmt.Sprintf("%.0f", v) }
func showDecimal(v float64) string  { return fmt.Sprintf("%.1f", v) }
func showFraction(v float64) string { return fmt.Sprintf("%.2f", v) }
