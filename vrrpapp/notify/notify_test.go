package notify

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// notifier is one that ends with the test and keeps what it logs.
type notifier struct {
	*Notifier
	mu  sync.Mutex
	log []string
}

func start(t *testing.T, c Config) *notifier {
	t.Helper()
	n := &notifier{}
	n.Notifier = New(func(what string, err error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.log = append(n.log, what+": "+err.Error())
	})
	t.Cleanup(func() { n.Stop(done()) })
	if w, err := n.Apply(c); err != nil || len(w) > 0 {
		t.Fatal(w, err)
	}
	return n
}

func (n *notifier) logged() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.log, "\n")
}

func done() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// soon is a context for a Stop that has time.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func within(d time.Duration, ok func() bool) bool {
	for end := time.Now().Add(d); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// say is a program that writes its arguments to a file.
func say(t *testing.T, more string) (command, out string) {
	t.Helper()
	dir := t.TempDir()
	out = filepath.Join(dir, "out")
	command = filepath.Join(dir, "say")
	if err := os.WriteFile(command, []byte("#!/bin/sh\necho \"$*\" >>"+out+"\n"+more+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return command, out
}

func read(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}

func TestScriptsAreToldInOrder(t *testing.T) {
	command, out := say(t, "sleep 0.0$$") // those that are started together end in any order
	at := func(words ...string) *script.Script {
		return &script.Script{Command: append([]string{command}, words...)}
	}
	all := Scripts{Master: at("master", "x y"), Backup: at("backup"), Fault: at("fault"), Stop: at("stop"), Deleted: at("deleted"), MasterRxLowerPri: at("lower"), Any: at("any")}
	n := start(t, Config{Instances: map[string]Scripts{"V": all}, Groups: map[string]Scripts{"G": {Any: at("group")}}})
	for _, s := range []State{Backup, Master, MasterPriority, MasterRxLowerPri, BackupPriority, Fault, Deleted, Stop} {
		n.Changed(Instance, "V", s, 100)
	}
	n.Changed(Instance, "other", Master, 1)
	n.Stop(soon(t))
	want := "backup\nany INSTANCE V BACKUP 100\nmaster x y\nany INSTANCE V MASTER 100\nlower\nfault\nany INSTANCE V FAULT 100\n" +
		"deleted\nany INSTANCE V DELETED 100\nstop\nany INSTANCE V STOP 100\n"
	if got := read(out); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
	os.Remove(out)
	n = start(t, Config{Groups: map[string]Scripts{"G": {Any: at("group")}}})
	n.Changed(Group, "G", Master, 0)
	n.Stop(soon(t))
	if got := read(out); got != "group GROUP G MASTER 0\n" {
		t.Errorf("got %q", got)
	}
	if n.logged() != "" {
		t.Error(n.logged())
	}
}

// A slow script holds up its own instance only, a full queue forgets the oldest, and a stop ends what runs.
func TestSlowScripts(t *testing.T) {
	slow, slowOut := say(t, "exec sleep 300")
	quick, quickOut := say(t, "")
	n := start(t, Config{Most: 2, Instances: map[string]Scripts{
		"slow":  {Any: &script.Script{Command: []string{slow}}},
		"quick": {Any: &script.Script{Command: []string{quick}}},
	}})
	n.Changed(Instance, "slow", Backup, 1)
	if !within(10*time.Second, func() bool { return read(slowOut) != "" }) {
		t.Fatal("never started")
	}
	for i := range 4 {
		n.Changed(Instance, "slow", Master, uint8(i))
	}
	n.Changed(Instance, "quick", Master, 9)
	if !within(10*time.Second, func() bool { return read(quickOut) == "INSTANCE quick MASTER 9\n" }) {
		t.Errorf("quick said %q", read(quickOut))
	}
	began := time.Now()
	n.Stop(done())
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("a stop took %v", took)
	}
	if got := read(slowOut); got != "INSTANCE slow BACKUP 1\n" {
		t.Errorf("slow said %q", got)
	}
	log := n.logged()
	if strings.Count(log, "too slow") != 2 || strings.Count(log, "stopped before") != 2 || strings.Count(log, "killed by signal 15") != 1 {
		t.Error(log)
	}
	n.Changed(Instance, "quick", Stop, 9) // after the stop: nothing
}

func TestTimeout(t *testing.T) {
	command, _ := say(t, "exec sleep 300")
	n := start(t, Config{Timeout: 50 * time.Millisecond, Instances: map[string]Scripts{"V": {Any: &script.Script{Command: []string{command}}}}})
	n.Changed(Instance, "V", Backup, 1)
	n.Stop(soon(t))
	if !strings.Contains(n.logged(), "timed out after") {
		t.Error(n.logged())
	}
}

// A script that lasts does not keep the next ones from running, those of another state neither; the end does not wait for it as long.
func TestScriptThatLasts(t *testing.T) {
	lasting, _ := say(t, "exec sleep 300")
	command, out := say(t, "")
	n := start(t, Config{Patience: 50 * time.Millisecond, Instances: map[string]Scripts{"V": {
		Master: &script.Script{Command: []string{lasting}}, Any: &script.Script{Command: []string{command}},
	}}})
	n.Changed(Instance, "V", Master, 1)
	n.Changed(Instance, "V", Backup, 2)
	if !within(10*time.Second, func() bool { return strings.Count(read(out), "\n") == 2 }) {
		t.Fatalf("only %q ran", read(out))
	}
	if want := lasting + " for MASTER still runs: " + command + " for MASTER is started beside it"; !strings.Contains(n.logged(), want) {
		t.Errorf("%s\nwant %s", n.logged(), want)
	}
	n.Apply(Config{Patience: time.Hour, Instances: map[string]Scripts{"V": {
		Master: &script.Script{Command: []string{lasting}}, Stop: &script.Script{Command: []string{command, "the last"}},
	}}})
	n.Changed(Instance, "V", Master, 3)
	n.Changed(Instance, "V", Stop, 4)
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	n.Stop(ctx)
	if got := read(out); got != "INSTANCE V MASTER 1\nINSTANCE V BACKUP 2\nthe last\n" {
		t.Errorf("%q", got)
	}
}

// A script that is not there is named and left out; the rest is in force.
func TestApplyWarns(t *testing.T) {
	command, out := say(t, "")
	n := New(func(string, error) {})
	w, err := n.Apply(Config{Instances: map[string]Scripts{"V": {Master: &script.Script{Command: []string{"/nonexistent/x"}}, Any: &script.Script{Command: []string{command}}}}})
	if err != nil || len(w) != 1 || !strings.HasPrefix(w[0], "V: notify_master is never run: ") {
		t.Error(w, err)
	}
	n.Changed(Instance, "V", Master, 3)
	n.Stop(soon(t))
	if got := read(out); got != "INSTANCE V MASTER 3\n" {
		t.Errorf("got %q", got)
	}
	if _, err := n.Apply(Config{}); err == nil {
		t.Error("applied after the stop")
	}
}

// What waits when a configuration comes runs as it was when the change came; what comes later as it is now.
func TestReload(t *testing.T) {
	command, out := say(t, "")
	conf := func(word string) Config {
		return Config{Instances: map[string]Scripts{"V": {Any: &script.Script{Command: []string{command, word}}}}}
	}
	n := start(t, conf("old"))
	n.Changed(Instance, "V", Backup, 1)
	n.Apply(conf("new"))
	n.Changed(Instance, "V", Master, 1)
	n.Stop(soon(t))
	if got := read(out); got != "old INSTANCE V BACKUP 1\nnew INSTANCE V MASTER 1\n" {
		t.Errorf("got %q", got)
	}
}

func ExampleNotifier() {
	n := New(func(what string, err error) { fmt.Println(what, err) })
	n.Changed(Instance, "VI_1", Master, 100)
	n.Stop(context.Background())
	// Output:
}
