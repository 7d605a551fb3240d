package track

import (
	"context"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
)

// counter turns results into verdicts: rise of one kind in a row, or fall of the other, make a change. The first result of all
// decides alone, whatever rise, fall and init_fail are, as it does with keepalived 2.2.7.
type counter struct {
	rise, fall int
	tell       func(Verdict)
	up, spoken bool
	row        int // results in a row that contradict up
}

func (c *counter) count(ok bool, why string) {
	if ok == c.up && c.spoken {
		c.row = 0
		return
	}
	most := c.fall
	if ok {
		most = c.rise
	}
	if c.row++; c.row < most && c.spoken {
		return
	}
	c.row, c.up, c.spoken = 0, ok, true
	c.tell(Verdict{Up: ok, Why: why})
}

// every calls do now and then at each multiple of interval at which it is not still busy.
func every(ctx context.Context, interval time.Duration, do func()) {
	next := time.Now()
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		do()
		if next = next.Add(interval); time.Until(next) < 0 {
			next = next.Add(time.Since(next).Truncate(interval) + interval)
		}
		t.Reset(time.Until(next))
	}
}

func atLeast(d *duration.Duration, standard time.Duration) {
	if *d == 0 {
		*d = duration.Duration(standard)
	}
}
