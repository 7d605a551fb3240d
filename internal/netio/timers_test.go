package netio

import (
	"math/rand/v2"
	"testing"
)

// TestTimers compares the heap with a plain list of deadlines over random operations.
func TestTimers(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		var (
			h     timers
			all   = make([]*timer, 40)
			model = make(map[*timer]Time)
			now   = Time(1)
		)
		for i := range all {
			all[i] = new(timer)
		}
		for range 3000 {
			x := all[r.IntN(len(all))]
			switch r.IntN(8) {
			case 0, 1, 2:
				until := now + Time(r.IntN(200)) - 20 // may be in the past
				h.set(x, max(until, 0))
				setModel(model, x, max(until, 0))
			case 3:
				h.set(x, 0)
				delete(model, x)
			case 4:
				x.until = 0 // as a task does that was woken by something else
				delete(model, x)
			case 5:
				h.remove(x)
				delete(model, x)
			default:
				now += Time(r.IntN(30))
				fire(t, &h, model, now)
			}
			if !inOrder(t, h, all, model) {
				t.Fatalf("seed %d", seed)
			}
		}
		now += 1000
		fire(t, &h, model, now)
		if len(h) != 0 || len(model) != 0 || h.next() != 0 {
			t.Fatalf("seed %d: %d timers are left, %d should be", seed, len(h), len(model))
		}
	}
}

func setModel(model map[*timer]Time, x *timer, until Time) {
	if until == 0 {
		delete(model, x)
		return
	}
	model[x] = until
}

// fire expects that exactly those timers are due whose deadline has passed.
func fire(t *testing.T, h *timers, model map[*timer]Time, now Time) {
	t.Helper()
	for x := h.due(now); x != nil; x = h.due(now) {
		if until := model[x]; until == 0 || until > now {
			t.Fatalf("a timer fires at %d, its deadline is %d", now, until)
		}
		delete(model, x)
	}
	for _, until := range model {
		if until <= now {
			t.Fatalf("at %d a timer of %d has not fired", now, until)
		}
	}
	if next := h.next(); next != 0 && next <= now {
		t.Fatalf("next is %d, now %d", next, now)
	}
}

// inOrder checks the heap's own rules, and that nobody's deadline comes before the timer wakes its owner.
func inOrder(t *testing.T, h timers, all []*timer, model map[*timer]Time) bool {
	t.Helper()
	placed := 0
	for _, x := range all {
		if x.at != 0 {
			placed++
			if h[x.idx].t != x || h[x.idx].at != x.at {
				t.Errorf("a timer does not know its place %d", x.idx)
			}
		}
		if until := model[x]; x.until != until || until != 0 && (x.at == 0 || x.at > until) {
			t.Errorf("until = %d at %d, want %d", x.until, x.at, until)
		}
	}
	if placed != len(h) {
		t.Errorf("%d timers are in a heap of %d", placed, len(h))
	}
	for i := 1; i < len(h); i++ {
		if h[(i-1)/2].at > h[i].at {
			t.Errorf("%d at %d is above %d", h[(i-1)/2].at, (i-1)/2, h[i].at)
		}
	}
	return !t.Failed()
}

func TestTimersAllocateNothing(t *testing.T) {
	h := make(timers, 0, 16)
	a, b := new(timer), new(timer)
	now := Time(1)
	if n := testing.AllocsPerRun(100, func() {
		h.set(a, now+10)
		h.set(b, now+5)
		h.set(a, now+20)
		h.due(now + 7)
		h.remove(a)
		now += 100
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
