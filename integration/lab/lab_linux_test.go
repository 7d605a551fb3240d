package lab

import (
	"encoding/hex"
	"fmt"
	"math"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

func TestConfigText(t *testing.T) {
	c := tutorial("a", []string{"a", "b"}, Unicast)
	c.Inside = "track_script {\n    s\n}\n"
	want := `! Configuration File for keepalived
global_defs {
    router_id lab
    script_user root
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 80
    priority 100
    version 2
    advert_int 1
    nopreempt
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    unicast_src_ip 10.80.0.1
    unicast_peer {
        10.80.0.2
    }
    track_script {
        s
    }
    virtual_ipaddress {
        10.80.0.100
    }
}
`
	if diff := cmp.Diff(want, c.Text()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The figures of RFC 3768 6.1 and RFC 5798 6.1.
func TestTimings(t *testing.T) {
	for _, row := range []struct {
		timing     Timing
		priority   int
		skew, down string
	}{
		{V2, 100, "609.375ms", "3.609375s"},
		{V2, 50, "804.6875ms", "3.8046875s"},
		{V3, 100, "60.9375ms", "360.9375ms"},
		{V3Fast, 50, "8.046875ms", "38.046875ms"},
	} {
		if s, d := row.timing.Skew(row.priority), row.timing.Down(row.priority); s.String() != row.skew || d.String() != row.down {
			t.Errorf("%v %d: skew %v, down %v", row.timing, row.priority, s, d)
		}
	}
}

// The intruder's packet is what keepalived sends, as it was captured.
func TestPacket(t *testing.T) {
	const message = "2150ff0101017196" + "0a500064" + "3131313100000000"
	p := intruderAdvert()
	p.priority = 255
	got := hex.EncodeToString(p.bytes()[20:])
	if got != message {
		t.Errorf("%s, want %s", got, message)
	}
	for _, p := range bogus() {
		p.priority = 255
		if hex.EncodeToString(p.bytes()[20:]) == message && p.ttl == 255 {
			t.Errorf("%s is correct", p.name)
		}
	}
}

// all is all of them in one.
func all(bounds []Bound) Bound {
	return func(f *Figures) string { return strings.Join(check(bounds, f), "; ") }
}

func TestBounds(t *testing.T) {
	good := Figures{Holder: "a", Neighbour: "a"}
	for _, row := range []struct {
		name   string
		bound  Bound
		change func(f *Figures)
	}{
		{"heldBy", heldBy("a"), func(f *Figures) { f.Holder = "b" }},
		{"heldBy, black hole", heldBy("a"), func(f *Figures) { f.Neighbour = "b" }},
		{"heldByOne", heldByOne, func(f *Figures) { f.Holder = "a+b" }},
		{"heldByOne, nobody", heldByOne, func(f *Figures) { f.Holder, f.Neighbour = "", "" }},
		{"reaches", reaches("a"), func(f *Figures) { f.Neighbour = "" }},
		{"smooth", all(smooth(V3Fast)), func(f *Figures) { f.Lost = 3 }},
		{"smooth, nobody", all(smooth(V3Fast)), func(f *Figures) { f.Nobody = jitter + 1 }},
		{"smooth, several", all(smooth(V3Fast)), func(f *Figures) { f.Several = 5*time.Millisecond + jitter + 1 }},
		{"smooth, several at 1 s", all(smooth(V2)), func(f *Figures) { f.Several = 40*time.Millisecond + jitter + 1 }},
		{"gap", gap(time.Second), func(f *Figures) { f.Gap = time.Second + 1 }},
		{"nobody", nobody(0), func(f *Figures) { f.Nobody = 1 }},
		{"several", several(0), func(f *Figures) { f.Several = 1 }},
		{"took", took(0), func(f *Figures) { f.Took = 1 }},
		{"lost", lost(2), func(f *Figures) { f.Lost = 3 }},
		{"changes", changes(0), func(f *Figures) { f.Changes = 1 }},
		{"failed", failed(0), func(f *Figures) { f.Failed = 1 }},
	} {
		f := good
		if why := row.bound(&f); why != "" {
			t.Errorf("%s: %s", row.name, why)
		}
		if row.change(&f); row.bound(&f) == "" {
			t.Errorf("%s: kept by %v", row.name, f)
		}
	}
}

// A scope cleans up after a failure, the last first, also what fails itself; and no wait outlasts it.
func TestScope(t *testing.T) {
	s := &scope{deadline: time.Now().Add(50 * time.Millisecond)}
	var order []int
	s.run(func() {
		for i := range 3 {
			s.Cleanup(func() {
				order = append(order, i)
				if i == 1 {
					s.Fatalf("cleanup")
				}
			})
		}
		s.Must("never", time.Hour, func() bool { return false })
		t.Error("it went on")
	})
	if !slices.Equal(order, []int{2, 1, 0}) || s.failure == "" {
		t.Errorf("cleaned %v, %q", order, s.failure)
	}
}

func TestFamily(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "sleep 100 & sleep 100 & wait")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all []int
	if !nstest.Within(soon, func() bool { all = family(cmd.Process.Pid); return len(all) == 3 }) {
		t.Errorf("family %v", all)
	}
	signalAll(all, syscall.SIGKILL)
	cmd.Wait()
	if !gone(all) {
		t.Error("still alive")
	}
}

// What a process that dies leaves running, the reaper ends; what was forgotten it leaves alone.
func TestReaper(t *testing.T) {
	var groups []int
	for range 2 {
		cmd := exec.Command("/bin/sh", "-c", "sleep 100 & wait")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		groups = append(groups, cmd.Process.Pid)
		t.Cleanup(func() {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			cmd.Wait()
		})
	}
	reaper := exec.Command("/bin/sh", "-c", reap)
	reaper.Stdin = strings.NewReader(fmt.Sprintf("+ %d\n+ %d\n- %d\n", groups[0], groups[1], groups[1]))
	if out, err := reaper.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !gone(groups[:1]) || !alive(groups[1]) {
		t.Errorf("alive %v %v, want only the second", alive(groups[0]), alive(groups[1]))
	}
}

func TestTable(t *testing.T) {
	pairs := Pairs("caddy")
	v := Variant{Case: &Case{Name: "event", Group: "g", Ceiling: above(5)}, Timing: V2}
	outcome := func(p Pair, ms ...int) (list []*Outcome) {
		for _, n := range ms {
			list = append(list, &Outcome{Case: v.ID(), Pair: p, variant: v, Figures: Figures{Gap: time.Duration(n) * time.Millisecond}})
		}
		return list
	}
	all := append(outcome(pairs[3], 30, 10, 20), outcome(pairs[0], 25)...)
	rows := Rows(all)
	want := &Row{Event: "event", Timing: V2, Figure: "gap", Goal: 25, Median: map[string]float64{"keepalived/keepalived": 20, "ours/ours": 25}}
	if diff := cmp.Diff([]*Row{want}, rows); diff != "" || !rows[0].Met() {
		t.Errorf("(-want +got)\n%s", diff)
	}
	all[3].Missed = []string{"too late"}
	text := Table(all)
	for _, want := range []string{"| ours/ours             | 0        | 1  |", "| 20.0 ", "<= 25", "met", "too late"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if n := median([]float64{3, 1, 2, 10}); math.Abs(n-2.5) > 1e-9 {
		t.Errorf("median %v", n)
	}
}

func TestSilent(t *testing.T) {
	start := time.Now()
	advert := func(at int, from string, priority uint8) Advert {
		return Advert{At: start.Add(time.Duration(at) * time.Millisecond), From: from, Priority: priority}
	}
	for name, row := range map[string]struct {
		list []Advert
		want time.Duration
	}{
		"nothing":            {nil, 0},
		"only another":       {[]Advert{advert(0, "a", 100), advert(90, "a", 100)}, 0},
		"before it is heard": {[]Advert{advert(0, "a", 100), advert(5, "a", 0), advert(90, "b", 50), advert(100, "b", 50)}, 10 * time.Millisecond},
		"silence":            {[]Advert{advert(0, "b", 50), advert(10, "b", 50), advert(59, "a", 100), advert(200, "a", 100)}, 49 * time.Millisecond},
		"it says farewell":   {[]Advert{advert(0, "b", 50), advert(10, "b", 0), advert(59, "a", 100)}, 0},
		"others' farewells":  {[]Advert{advert(0, "b", 50), advert(10, "a", 0), advert(59, "b", 50)}, 59 * time.Millisecond},
	} {
		if got := silent(row.list, "b"); got != row.want {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
	}
}

// Every case of the list has what it needs, and its name once.
func TestCases(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range Selection(Pairs("caddy")[0], false) {
		if seen[v.ID()] || v.Do == nil || v.Want == nil && v.Group != "mismatch" || v.Goal != nil && v.GoalOf == "" || v.Weak != "" && v.Why == "" {
			t.Errorf("case %s", v.ID())
		}
		seen[v.ID()] = true
	}
	if len(seen) < 62 {
		t.Errorf("%d cases", len(seen))
	}
}
