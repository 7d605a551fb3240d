package guard

import (
	"net"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// A proxy that does not read costs the guard neither time nor memory without bound: the latest reports are lost, answers are
// not, and the loss is told.
func TestOutboxOverflow(t *testing.T) {
	ours, theirs := net.Pipe()
	o := newOutbox(time.Hour)
	for i := range mostQueued + 100 {
		o.put(news{Report: &speaker.Report{Count: i + 1}})
	}
	o.put(news{ID: 7})
	done := make(chan struct{})
	go func() { defer close(done); o.run(theirs) }()
	f := newFrames(ours)
	for i := range mostQueued {
		var n news
		if err := f.next(&n); err != nil || n.Report == nil || n.Report.Count != i+1 {
			t.Fatalf("%d: %+v %v", i, n, err)
		}
	}
	var answer, lost news
	if err := f.next(&answer); err != nil || answer.ID != 7 {
		t.Errorf("%+v %v", answer, err)
	}
	if err := f.next(&lost); err != nil || lost.Report == nil || lost.Report.Kind != speaker.Failed || lost.Report.Count != 100 {
		t.Errorf("%+v %v", lost, err)
	}
	o.put(news{Log: "again"})
	if err := f.next(&answer); err != nil || answer.Log != "again" {
		t.Errorf("%+v %v", answer, err)
	}
	o.flush(soonEnough)
	ours.Close()
	o.put(news{})
	<-done
	o.flush(soonEnough) // nothing is waited for that nobody will read
	theirs.Close()
}

const soonEnough = 10 * time.Second

// A silent guard gives a sign of life.
func TestOutboxBeat(t *testing.T) {
	ours, theirs := net.Pipe()
	o := newOutbox(time.Millisecond)
	done := make(chan struct{})
	go func() { defer close(done); o.run(theirs) }()
	f := newFrames(ours)
	for range 3 {
		var n news
		if err := f.next(&n); err != nil || n.ID != 0 || n.Report != nil || n.Log != "" {
			t.Errorf("%+v %v", n, err)
		}
	}
	ours.Close()
	<-done
	theirs.Close()
}
