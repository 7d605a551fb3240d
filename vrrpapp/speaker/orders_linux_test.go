package speaker

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

func TestOrders(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	a := speak(t, lab.Node("a"), one(quick(200)))
	a.reaches("V", fsm.Master)
	b := speak(t, lab.Node("b"), one(quick(100)))
	b.reaches("V", fsm.Backup)
	order := func(name string, o Order) {
		t.Helper()
		if err := a.Order(name, o); err != nil {
			t.Fatal(err)
		}
	}
	order("V", HandOver)
	b.reaches("V", fsm.Master)
	a.reaches("V", fsm.Backup)
	order("", Resume)
	a.reaches("V", fsm.Master)
	order("", Hold)
	b.reaches("V", fsm.Master)
	if s := a.status("V"); s.Holds != fsm.ByOperator {
		t.Errorf("held by %v", s.Holds)
	}
	order("V", Resume)
	a.reaches("V", fsm.Master)
	if a.Order("W", Hold) == nil || a.Order("V", "jump") == nil {
		t.Error("nonsense is obeyed")
	}
	a.Close()
	b.reaches("V", fsm.Master)
	if a.Order("V", Hold) == nil || a.Apply(one(quick(1))) == nil || a.Close() != nil {
		t.Error("after Close")
	}
}

// Ten thousand address changes on the host, on the interface itself, move nothing.
func TestManyAddressChanges(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	a := speak(t, lab.Node("a"), one(quick(200)))
	a.reaches("V", fsm.Master)
	b := speak(t, lab.Node("b"), one(quick(100)))
	b.reaches("V", fsm.Backup)
	var batch strings.Builder
	for _, word := range []string{"add", "del"} {
		for i := range 5000 {
			fmt.Fprintf(&batch, "addr %s 172.16.%d.%d/32 dev eth0\n", word, i/250, i%250)
		}
	}
	file := filepath.Join(t.TempDir(), "batch")
	if err := os.WriteFile(file, []byte(batch.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	lab.Node("a").IP("-batch " + file)
	t.Logf("took %v, worst lateness %v", time.Since(begun), a.status("V").Counts.WorstLate)
	if s := b.status("V"); s.Counts.Transitions != 1 {
		t.Errorf("b: %+v", s.History)
	}
	if s := a.status("V"); s.Counts.Transitions != 2 {
		t.Errorf("a: %+v", s.History)
	}
	lab.Node("a").IP("addr del 10.9.0.100/32 dev eth0")
	if !nstest.Within(soon, func() bool { return lab.Node("a").Holds(vip) }) {
		t.Error("it does not see its address go any more")
	}
}
