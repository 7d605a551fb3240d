package lab

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

// scope is the life of one case: what it makes ends with it, and a failure ends it. It is an nstest.T.
type scope struct {
	failure  string
	cleanups []func()
	deadline time.Time
}

// Helper does nothing: failures are told by their words.
func (*scope) Helper() {}

// Fatalf ends the case.
func (s *scope) Fatalf(format string, args ...any) {
	s.failure = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// Cleanup has fn called at the end, the last one first.
func (s *scope) Cleanup(fn func()) { s.cleanups = append(s.cleanups, fn) }

// Dir is a new folder that ends with the case. Everybody may look into it: scripts run as other users.
func (s *scope) Dir() string {
	dir, err := os.MkdirTemp("", "lab")
	if err != nil {
		s.Fatalf("%v", err)
	}
	s.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		s.Fatalf("%v", err)
	}
	return dir
}

// Within asks again and again for at most d, and not past the end of the case, whether something holds: every millisecond
// at first, later every ten.
func (s *scope) Within(d time.Duration, ok func() bool) bool {
	for begun := time.Now(); !ok(); {
		now := time.Now()
		if now.After(s.deadline) {
			s.Fatalf("the case takes too long")
		}
		passed := now.Sub(begun)
		if passed >= d {
			return false
		}
		time.Sleep(min(max(passed/20, time.Millisecond), 10*time.Millisecond, d-passed))
	}
	return true
}

// Must is Within that fails the case.
func (s *scope) Must(what string, d time.Duration, ok func() bool) {
	if !s.Within(d, ok) {
		s.Fatalf("%s: not within %v", what, d)
	}
}

// Pass lets time pass: the length of an outage, of a rest between two packets, of an observation.
func (s *scope) Pass(d time.Duration) { s.Within(d, func() bool { return false }) }

// run calls fn on a goroutine of its own, which Fatalf may end, and then cleans up.
func (s *scope) run(fn func()) {
	done := make(chan struct{})
	for _, step := range []func(){fn, s.clean} {
		go func() {
			defer func() { done <- struct{}{} }()
			step()
		}()
		<-done
	}
}

// clean goes on after a cleanup that failed.
func (s *scope) clean() {
	for len(s.cleanups) > 0 {
		last := s.cleanups[len(s.cleanups)-1]
		s.cleanups = s.cleanups[:len(s.cleanups)-1]
		done := make(chan struct{})
		go func() {
			defer close(done)
			last()
		}()
		<-done
	}
}
