package track

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// watched is a tracker that runs until the test ends.
type watched struct {
	*testing.T
	verdicts chan Verdict
}

func watch(t *testing.T, tr Tracker) *watched {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := &watched{t, make(chan Verdict, 1000)}
	ended := make(chan struct{})
	go func() {
		tr.Run(ctx, func(v Verdict) { w.verdicts <- v })
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Error("Run does not return")
		}
	})
	return w
}

// next is the next verdict.
func (w *watched) next() Verdict {
	w.Helper()
	select {
	case v := <-w.verdicts:
		return v
	case <-time.After(20 * time.Second):
		w.Fatal("no verdict")
		return Verdict{}
	}
}

func (w *watched) wantUp(up bool) Verdict {
	w.Helper()
	v := w.next()
	if v.Up != up {
		w.Fatalf("got %+v, want up %v", v, up)
	}
	return v
}

func (w *watched) wantValue(value int) {
	w.Helper()
	if v := w.next(); v.Value != value {
		w.Fatalf("got %+v, want value %d", v, value)
	}
}
