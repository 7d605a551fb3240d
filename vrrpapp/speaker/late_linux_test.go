package speaker

import (
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// A backup that did not run until after its timeout reads what has come meanwhile before it believes the timeout. Its
// readers are held up too, so that the messages wait in the socket. The lateness is less than an interval: of more the
// machine would be suspicious by itself.
func TestLateBackupReadsFirst(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	ra, rb := quick(200), quick(100)
	ra.FSM.Interval, rb.FSM.Interval = 400*time.Millisecond, 400*time.Millisecond
	a := speak(t, lab.Node("a"), one(ra))
	a.reaches("V", fsm.Master)
	b := speak(t, lab.Node("b"), one(rb))
	b.reaches("V", fsm.Backup)
	for range 3 {
		was := b.status("V").Counts.Received
		if !nstest.Within(soon, func() bool { return b.status("V").Counts.Received > was }) {
			t.Fatal("nothing is heard")
		}
		b.do(func() {
			b.inbox.mu.Lock()
			time.Sleep(3*400*time.Millisecond + 244*time.Millisecond + 100*time.Millisecond) // past Master_Down_Interval
			b.inbox.mu.Unlock()
		})
	}
	if s := b.status("V"); s.Counts.Transitions != 1 || s.State != fsm.Backup {
		t.Errorf("it took over: %+v", s.History)
	}
}
