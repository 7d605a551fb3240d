package lab

import (
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// What is counted is the part inside, and a change that is late and not over yet.
func TestStalls(t *testing.T) {
	at := func(n int) time.Time { return time.Unix(1000, 0).Add(time.Duration(n) * time.Millisecond) }
	s := &stalls{list: [][2]time.Time{{at(0), at(10)}, {at(20), at(30)}}, begun: at(40)}
	for _, row := range []struct{ from, to, want int }{{0, 35, 20}, {5, 25, 10}, {11, 19, 0}, {31, 40, 0}, {31, 60, 20}} {
		if d := s.between(at(row.from), at(row.to)); d != time.Duration(row.want)*time.Millisecond {
			t.Errorf("%d to %d: %v, want %d ms", row.from, row.to, d, row.want)
		}
	}
}

// The watch goes on.
func TestWatchStalls(t *testing.T) {
	s, err := watchStalls()
	if err != nil {
		t.Fatal(err)
	}
	due := func() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return s.begun }
	for range 3 {
		was := due()
		if !nstest.Within(soon, func() bool { return due().After(was) }) {
			t.Fatal("it has ended")
		}
	}
}
