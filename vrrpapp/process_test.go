package vrrpapp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/guard"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/notify"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/track"
)

// fake is a speaker that notes what it is told.
type fake struct {
	mu     sync.Mutex
	told   []string
	refuse error
	report func(speaker.Report)
	status []speaker.Status
}

func (f *fake) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = append(f.told, fmt.Sprintf(format, args...))
}

func (f *fake) Apply(c speaker.Config) error {
	if f.refuse != nil {
		return f.refuse
	}
	var names []string
	for _, r := range c.Routers {
		names = append(names, r.Name)
	}
	f.note("apply %s", strings.Join(names, " "))
	return nil
}
func (f *fake) Ready()                                { f.note("ready") }
func (f *fake) Track(name string, up bool, value int) { f.note("track %s %v", name, up) }
func (f *fake) Order(name string, o speaker.Order) error {
	f.note("order %s %s", name, o)
	return nil
}
func (f *fake) Status() ([]speaker.Status, error) { return f.status, nil }
func (f *fake) Release(time.Duration)             { f.note("release") }
func (f *fake) Close() error                      { f.note("close"); return nil }

// expect compares what was told since the last time.
func (f *fake) expect(t *testing.T, want ...string) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Equal(f.told, want) {
		t.Errorf("told %q\nwant %q", f.told, want)
	}
	f.told = nil
}

// fixture is a process with a fake speaker.
func fixture() (*process, *fake) {
	f := new(fake)
	return &process{opens: func(_ *built, report func(speaker.Report)) (speaker.Speaker, string, error) {
		f.report = report
		return f, "fake", nil
	}}, f
}

// make1 is a configuration with these instances, and what events it emitted.
func make1(t *testing.T, names ...string) (*built, *[]string) {
	t.Helper()
	a := new(App)
	for i, n := range names {
		a.Instances = append(a.Instances, &Instance{Name: n, Interface: "e", VRID: i + 1})
	}
	config, _, err := a.compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	events := new([]string)
	return &built{
		app: a, config: config, log: slog.New(slog.DiscardHandler), scripts: a.scripts(),
		emit: func(name string, data map[string]any) {
			mu.Lock()
			defer mu.Unlock()
			*events = append(*events, fmt.Sprint(name, " ", data["instance"]))
		},
	}, events
}

// TestReload: the successor rules before the predecessor goes, and nothing is released in between.
func TestReload(t *testing.T) {
	p, f := fixture()
	one, _ := make1(t, "A")
	two, _ := make1(t, "A", "B")
	if err := p.push(one); err != nil {
		t.Fatal(err)
	}
	p.ready(one)
	f.expect(t, "apply A", "ready")
	if err := p.push(two); err != nil {
		t.Fatal(err)
	}
	p.remove(one)
	p.ready(one) // too late: it means nothing any more
	p.ready(two)
	f.expect(t, "apply A B", "ready")
	p.remove(two)
	f.expect(t, "release", "close")
}

// TestRollback: Caddy stops a configuration of which another app did not start; the one before rules again.
func TestRollback(t *testing.T) {
	p, f := fixture()
	one, _ := make1(t, "A")
	two, _ := make1(t, "B")
	if err := errors.Join(p.push(one), p.push(two)); err != nil {
		t.Fatal(err)
	}
	p.remove(two)
	f.expect(t, "apply A", "apply B", "apply A")
	p.remove(one)
}

// TestRefusedReload: what the speaker refuses changes nothing.
func TestRefusedReload(t *testing.T) {
	p, f := fixture()
	one, _ := make1(t, "A")
	two, _ := make1(t, "B")
	if err := p.push(one); err != nil {
		t.Fatal(err)
	}
	f.refuse = errors.New("no")
	if err := p.push(two); err == nil {
		t.Fatal("accepted")
	}
	f.refuse = nil
	p.remove(two) // Caddy stops what did not start
	f.expect(t, "apply A")
	p.remove(one)
	f.expect(t, "release", "close")
}

// TestRefusedStart: nothing is left of a start that failed.
func TestRefusedStart(t *testing.T) {
	p, f := fixture()
	f.refuse = errors.New("no")
	one, _ := make1(t, "A")
	if err := p.push(one); err == nil {
		t.Fatal("accepted")
	}
	f.expect(t, "close")
	if _, err := p.statuses(); !errors.Is(err, errNotRunning) {
		t.Error(err)
	}
}

// TestLeave: at the end of the process everything is handed over while the listeners still serve.
func TestLeave(t *testing.T) {
	p, f := fixture()
	one, _ := make1(t, "A")
	if err := p.push(one); err != nil {
		t.Fatal(err)
	}
	p.leave(one)
	p.remove(one)
	f.expect(t, "apply A", "release", "release", "close")
}

// switched is a tracker whose verdicts a test gives.
type switched chan track.Verdict

func (s switched) Run(ctx context.Context, tell func(track.Verdict)) {
	for {
		select {
		case v := <-s:
			tell(v)
		case <-ctx.Done():
			return
		}
	}
}

// TestTrackersOfRollback: verdicts of a configuration that does not rule do not count, and those of one that rules again do.
func TestTrackersOfRollback(t *testing.T) {
	p, f := fixture()
	one, two := make(switched), make(switched)
	b1, _ := make1(t, "A")
	b2, _ := make1(t, "A")
	for b, s := range map[*built]switched{b1: one, b2: two} {
		b.config.Routers[0].FSM.Trackers = []fsm.Tracker{{Name: "web"}}
		b.trackers = []*running{{name: "web", module: s}, {name: "unused", module: make(switched)}}
	}
	if err := p.push(b1); err != nil {
		t.Fatal(err)
	}
	one <- track.Verdict{Up: true}
	one <- track.Verdict{Up: false}
	one <- track.Verdict{Up: true}
	if err := p.push(b2); err != nil {
		t.Fatal(err)
	}
	two <- track.Verdict{Up: false}
	two <- track.Verdict{Up: false} // the first has been told
	one <- track.Verdict{Up: true}
	one <- track.Verdict{Up: true}
	p.remove(b2)
	p.remove(b1)
	var got []string
	for _, line := range f.told {
		if strings.HasPrefix(line, "track") {
			got = append(got, line)
		}
	}
	want := []string{"track web true", "track web false", "track web true", "track web false", "track web true"}
	if got = slices.Compact(got); !slices.Equal(got, want) { // the last of two equal ones may have come too late
		t.Errorf("told %q\nwant %q", got, want)
	}
	if b1.trackers[1].cancel != nil {
		t.Error("a tracker that nobody uses runs")
	}
}

// TestEvents: Caddy's events follow the roles.
func TestEvents(t *testing.T) {
	p, f := fixture()
	one, events := make1(t, "A")
	if err := p.push(one); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	for _, step := range [][2]fsm.State{
		{fsm.Init, fsm.Backup}, {fsm.Backup, fsm.Probing}, {fsm.Probing, fsm.Master}, {fsm.Master, fsm.Leaving},
		{fsm.Leaving, fsm.Backup}, {fsm.Backup, fsm.Fault}, {fsm.Fault, fsm.Init},
	} {
		at = at.Add(time.Second)
		f.report(speaker.Report{At: at, Kind: speaker.Changed, Router: "A", From: step[0], To: step[1]})
	}
	counts := &p.desk.counts
	p.remove(one)
	if n := counts.transitions[transition{instance: "A", to: fsm.Master}]; n != 1 {
		t.Errorf("%d changes to master are counted", n)
	}
	if d := counts.handovers["A"]; d != time.Second {
		t.Errorf("the hand-over took %v", d)
	}
	if want := []string{"vrrp.backup A", "vrrp.master A", "vrrp.backup A", "vrrp.fault A"}; !slices.Equal(*events, want) {
		t.Errorf("got %q\nwant %q", *events, want)
	}
}

// TestEventHandlerAsks: a handler of an event may ask for the state, also of the events at the end, which remove waits for.
func TestEventHandlerAsks(t *testing.T) {
	p, f := fixture()
	one, _ := make1(t, "A")
	asked := make(chan error, 1)
	one.emit = func(string, map[string]any) {
		_, err := p.statuses()
		asked <- err
	}
	if err := p.push(one); err != nil {
		t.Fatal(err)
	}
	p.life.Lock() // as during a reload or a stop
	f.report(speaker.Report{Kind: speaker.Changed, Router: "A", From: fsm.Init, To: fsm.Backup})
	select {
	case err := <-asked:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Error("it waits for itself")
	}
	p.life.Unlock()
	p.remove(one)
}

// TestEarlyReport: a guard may die before the first configuration rules.
func TestEarlyReport(t *testing.T) {
	p, f := fixture()
	opens := p.opens
	p.opens = func(b *built, report func(speaker.Report)) (speaker.Speaker, string, error) {
		s, where, err := opens(b, report)
		said, says := io.Pipe()
		b.log = slog.New(slog.NewTextHandler(says, nil))
		report(speaker.Report{Kind: guard.Restarted, Detail: "killed"})
		line := make([]byte, 1000)
		if n, _ := said.Read(line); !strings.Contains(string(line[:n]), "killed") { // the desk has it, and nobody rules yet
			t.Errorf("it says %q", line[:n])
		}
		said.Close()
		return s, where, err
	}
	one, _ := make1(t, "A")
	if err := p.push(one); err != nil {
		t.Fatal(err)
	}
	p.remove(one)
	f.expect(t, "apply A", "release", "close")
}

// TestStatesOnReload: the FIFOs hear all states again after a reload that asks for it.
func TestStatesOnReload(t *testing.T) {
	p, f := fixture()
	f.status = []speaker.Status{{Name: "A", Status: fsm.Status{State: fsm.Master, Priority: 100}}, {Name: "B"}}
	one, _ := make1(t, "A", "B")
	two, _ := make1(t, "A", "B")
	fifo := filepath.Join(t.TempDir(), "fifo")
	for _, b := range []*built{one, two} {
		b.scripts.onReload = true
		b.scripts.config.FIFOs = []notify.FIFO{{Path: fifo}}
	}
	if err := p.push(one); err != nil {
		t.Fatal(err)
	}
	read, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	if err := p.push(two); err != nil {
		t.Fatal(err)
	}
	f.report(speaker.Report{Kind: speaker.PriorityChanged, Router: "A", To: fsm.Master, Priority: 90}) // not asked for
	f.report(speaker.Report{Kind: speaker.Changed, Router: "B", From: fsm.Init, To: fsm.Backup, Priority: 7})
	lines := bufio.NewReader(read)
	for _, want := range []string{"INSTANCE \"A\" MASTER 100\n", "INSTANCE \"B\" BACKUP 7\n"} {
		read.SetReadDeadline(time.Now().Add(5 * time.Second))
		if got, err := lines.ReadString('\n'); got != want {
			t.Fatalf("%q %v, want %q", got, err, want)
		}
	}
	p.remove(one)
	p.remove(two)
}
