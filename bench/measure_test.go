package main

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, row := range []struct {
		in   []float64
		want float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(row.in); got != row.want {
			t.Errorf("median(%v) = %v, want %v", row.in, got, row.want)
		}
	}
	if got := median(nil); !math.IsNaN(got) {
		t.Errorf("the median of nothing is %v", got)
	}
}

func TestVerdict(t *testing.T) {
	r := &result{names: []string{"haproxy", "this", "nginx"}}
	none := math.NaN()
	for _, row := range []struct {
		name   string
		values []float64
		goal   *goal
		want   string
	}{
		{"no goal", []float64{1, 9}, nil, ""},
		{"below", []float64{10, 9, 1}, &goal{limit: 1}, "met"},
		{"equal", []float64{10, 10, 1}, &goal{limit: 1}, "met"},
		{"above", []float64{10, 10.5, 1}, &goal{limit: 1}, "MISSED"},
		{"accepted", []float64{10, 10.5, 1}, &goal{limit: 1, accept: 1.1}, "accepted"},
		{"too much to accept", []float64{10, 12, 1}, &goal{limit: 1, accept: 1.1}, "MISSED"},
		{"absolute", []float64{10, 4}, &goal{limit: 5, absolute: true}, "met"},
		{"absolute, above", []float64{10, 6}, &goal{limit: 5, absolute: true}, "MISSED"},
		{"absolute, haproxy has none", []float64{none, 4}, &goal{limit: 5, absolute: true}, "met"},
		{"nothing of haproxy", []float64{none, 4}, &goal{limit: 5}, "not measured"},
		{"nothing of haproxy to divide by", []float64{0, 4}, &goal{limit: 5}, "not measured"},
		{"nothing of this", []float64{4, none}, &goal{limit: 5, absolute: true}, "not measured"},
		{"nothing at all", nil, &goal{limit: 5}, "not measured"},
		{"no answer at all", []float64{0, math.Inf(1)}, &goal{absolute: true}, "MISSED"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := r.verdict(measure{values: row.values, goal: row.goal}); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestTables(t *testing.T) {
	r := &result{
		cell: cell{name: "1k", title: "small"}, threads: 1, names: []string{"haproxy", "this"}, notes: []string{"A note."},
		measures: []measure{
			{name: "CPU per request", values: []float64{20e3, 21e3}, show: showTime, goal: &goal{limit: 1, accept: 1.1}},
			{name: "requests/s", values: []float64{1000, math.NaN()}, show: showDecimal},
			{name: "handshake", values: []float64{math.NaN(), 6e6}, show: showTime, goal: &goal{limit: float64(5 * time.Millisecond), absolute: true}},
		},
	}
	const wantTable = `## 1k: small; 1 thread

|                 | haproxy |    this | this to haproxy |       goal |          |
|-----------------|--------:|--------:|----------------:|-----------:|---------:|
| CPU per request | 20.0 us | 21.0 us |            1.05 |  <= 1.00 x | accepted |
| requests/s      |  1000.0 |       - |               - |            |          |
| handshake       |       - | 6.00 ms |               - | <= 5.00 ms |   MISSED |

A note.

`
	if got := table(r); got != wantTable {
		t.Errorf("got\n%s\nwant\n%s", got, wantTable)
	}
	const wantGoals = `## Goals

| cell | threads |         measure | haproxy |    this | ratio |       goal |          |
|------|--------:|----------------:|--------:|--------:|------:|-----------:|---------:|
| 1k   |       1 | CPU per request | 20.0 us | 21.0 us |  1.05 |  <= 1.00 x | accepted |
| 1k   |       1 |       handshake |       - | 6.00 ms |     - | <= 5.00 ms |   MISSED |

`
	if got := summary([]*result{r}); got != wantGoals {
		t.Errorf("got\n%s\nwant\n%s", got, wantGoals)
	}
}

func TestShowTime(t *testing.T) {
	for ns, want := range map[float64]string{17840: "17.8 us", 340e3: "340 us", 2.345e6: "2.35 ms", 250e6: "250 ms"} {
		if got := showTime(ns); got != want {
			t.Errorf("%v is %q, want %q", ns, got, want)
		}
	}
	if got := number(math.Inf(1), showCount); !strings.Contains(got, "Inf") {
		t.Errorf("infinity is %q", got)
	}
}

func TestQuantile(t *testing.T) {
	var list []time.Duration
	if got := quantile(list, 0.5); got != 0 {
		t.Errorf("of nothing: %d", got)
	}
	for i := range 1000 {
		list = append(list, time.Duration(i+1))
	}
	for q, want := range map[float64]time.Duration{0: 1, 0.5: 500, 0.99: 990, 1: 1000} {
		if got := quantile(list, q); got != want {
			t.Errorf("quantile %v is %d, want %d", q, got, want)
		}
	}
}
