package track

import (
	"context"
	"time"

	"github.com/caddyserver/caddy/v2"
)

// counter turns results into verdicts: rise of one kind in a row, or fall of the other, make a change. The first result of all
// makes one by itself, unless up says the same and the rest is to be waited for.
type counter struct {
	rise, fall int
	up, spoken bool
	row        int // results in a row that contradict up
	tell       func(Verdict)
}

func (c *counter) count(ok bool, why string) {
	if ok == c.up {
		c.row = 0
		c.say(why)
		return
	}
	if c.row++; c.row < c.rise && ok || c.row < c.fall && !ok {
		return
	}
	c.row, c.up, c.spoken = 0, ok, false
	c.say(why)
}

func (c *counter) say(why string) {
	if !c.spoken {
		c.spoken = true
		c.tell(Verdict{Up: c.up, Why: why})
	}
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

func atLeast(d *caddy.Duration, standard time.Duration) {
	if *d == 0 {
		*d = caddy.Duration(standard)
	}
}
