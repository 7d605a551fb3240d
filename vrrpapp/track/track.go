package track

import (
	"context"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// Verdict is what a tracker found.
type Verdict struct {
	// Up is whether the thing is as it should be.
	Up bool
	// Value is the number in a file. It means something only with a Scaled tracker.
	Value int
	// Why is for a log line: "exit status 1", "no process", "2 of 3 servers usable".
	Why string
}

// Tracker is a thing that is watched.
type Tracker interface {
	// Run watches until ctx is done, and returns when all that it started has ended. It tells its first verdict as soon as it
	// has one, then each that differs in Up or Value. All calls of tell are made by the goroutine that called Run.
	Run(ctx context.Context, tell func(Verdict))
}

// Weigher is a tracker that knows how much it weighs where its use does not say so (the words weight and reverse).
type Weigher interface {
	DefaultWeight() (weight int, reverse bool)
}

// InitFailer is a tracker that may count as down until it has spoken (init_fail).
type InitFailer interface {
	InitFail() bool
}

// Scaled is a tracker whose Verdict.Value is multiplied by the weight (track_file).
type Scaled interface {
	Scaled() bool
}

// Checker is a tracker that finds faults in what it was told to watch. Check is called once, before Run. Warnings are for the
// log. With an error there is nothing to watch (a script that is not there): the tracker is to be left out of everything that
// uses it, with the error as a warning, as keepalived disables it until the next reload. Run would say Down for ever.
type Checker interface {
	Check(rules script.Rules) (warnings []string, err error)
}

// Weighing are the words of all trackers.
type Weighing struct {
	// Weight is added to the priority while it is up if positive, and while it is down if negative. With 0 down is a fault.
	// Default 0, of files 1. (keepalived 2.2.7 takes 0 for processes too, where its manual says 1.)
	Weight *int `json:"weight,omitempty"`
	// Reverse turns the sign around; with weight 0 up is a fault.
	Reverse bool `json:"reverse,omitempty"`
}

func (w Weighing) or(weight int) (int, bool) {
	if w.Weight != nil {
		weight = *w.Weight
	}
	return weight, w.Reverse
}
