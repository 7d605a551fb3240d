package lab

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// Options are what RunAll runs.
type Options struct {
	Pairs []Pair
	// Short runs the short selection once; otherwise each case runs as often as its table wants.
	Short bool
	// Rounds bounds how often a case runs; 0 is no bound.
	Rounds int
	// Match chooses cases by their ID; nil is all.
	Match func(id string) bool
	// Parallel is how many cases run at a time, but for those that must be alone.
	Parallel int
	// Done is told of each outcome, one after the other.
	Done func(*Outcome)
}

// job is one round of a case with a pair.
type job struct {
	Variant
	pair Pair
}

// RunAll runs the cases with all pairs and returns the outcomes in the order of the cases, as far as it came before ctx ended.
// The pairs take turns, so that what else happens on the machine meets all.
func RunAll(ctx context.Context, opt Options) []*Outcome {
	r := &runner{ctx: ctx, done: opt.Done}
	beside, alone := opt.jobs()
	r.run(beside, max(opt.Parallel, 1))
	r.run(alone, 1)
	rank := map[string]int{}
	for i, j := range append(beside, alone...) {
		if _, ok := rank[j.ID()]; !ok {
			rank[j.ID()] = i
		}
	}
	slices.SortStableFunc(r.outcomes, func(a, b *Outcome) int { return rank[a.Case] - rank[b.Case] })
	return r.outcomes
}

// jobs are all rounds, the pairs of a round one after the other; what must be alone is apart.
func (opt *Options) jobs() (beside, alone []job) {
	rounds := 1
	for round := 0; round < rounds; round++ {
		var list []job
		for _, p := range opt.Pairs {
			for _, v := range Selection(p, opt.Short) {
				if opt.Match != nil && !opt.Match(v.ID()) {
					continue
				}
				rounds = max(rounds, opt.repeat(v))
				if round < opt.repeat(v) {
					list = append(list, job{v, p})
				}
			}
		}
		slices.SortStableFunc(list, func(a, b job) int { return cmp.Compare(a.place, b.place) })
		for _, j := range list {
			if j.Alone {
				alone = append(alone, j)
			} else {
				beside = append(beside, j)
			}
		}
	}
	return beside, alone
}

// repeat is how often a case runs with a pair.
func (opt *Options) repeat(v Variant) int {
	n := max(v.Repeat, 1)
	if opt.Short {
		n = 1
	}
	if opt.Rounds > 0 {
		n = min(n, opt.Rounds)
	}
	return n
}

type runner struct {
	ctx      context.Context
	done     func(*Outcome)
	mu       sync.Mutex
	outcomes []*Outcome
}

// run runs jobs, n at a time.
func (r *runner) run(list []job, n int) {
	jobs := make(chan job)
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for j := range jobs {
				r.add(j.Run(j.pair))
			}
		})
	}
	for _, j := range list {
		if r.ctx.Err() != nil {
			break
		}
		jobs <- j
	}
	close(jobs)
	wg.Wait()
}

func (r *runner) add(o *Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcomes = append(r.outcomes, o)
	if r.done != nil {
		r.done(o)
	}
}
