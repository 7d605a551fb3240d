package guard

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// late is a program: a guard's timers of 10 ms for so many seconds, beside what a speaker allocates. It prints how late the
// latest was, and the median, in microseconds, and its resident memory in kB.
func late() int {
	realtime, _ := strconv.Atoi(os.Args[2])
	seconds, _ := strconv.Atoi(os.Args[3])
	settle()
	takePrivileges(setup{Realtime: realtime})
	if len(os.Args) > 4 {
		n, _ := strconv.Atoi(os.Args[4])
		runtime.GOMAXPROCS(n)
	}
	const period = 10 * time.Millisecond
	var list []time.Duration
	var keep [][]byte
	due := time.Now().Add(period)
	for end := time.Now().Add(time.Duration(seconds) * time.Second); due.Before(end); due = due.Add(period) {
		timer := time.NewTimer(time.Until(due))
		<-timer.C
		list = append(list, time.Since(due))
		keep = append(keep[:0], make([]byte, 16<<10)) // a speaker of 255 routers allocates less
		for due.Before(time.Now().Add(-period)) {
			due = due.Add(period)
		}
		if len(list)%100 == 0 {
			breathe()
		}
	}
	slices.Sort(list)
	status, _ := os.ReadFile("/proc/self/status")
	_, rss, _ := strings.Cut(string(status), "VmRSS:")
	fmt.Println(list[len(list)-1].Microseconds(), list[len(list)/2].Microseconds(), strings.Fields(rss)[0], len(keep))
	return 0
}

// busy is a program: one of many that want the processor.
func busy() int {
	for sum := [32]byte{}; ; {
		sum = sha256.Sum256(sum[:])
	}
}

// load is 32 processes that want the processor, until the benchmark ends.
func load(b *testing.B) {
	for range 32 {
		cmd := exec.Command("/proc/self/exe", "busy")
		cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	}
}

// BenchmarkTimers measures how late the timers of a guard are beside 32 threads that want the processors, with and without
// real-time priority, by the number of its own.
func BenchmarkTimers(b *testing.B) {
	load(b)
	for _, row := range []struct{ realtime, threads string }{{"50", "1"}, {"50", "2"}, {"-1", "1"}, {"-1", "2"}} {
		b.Run("priority "+row.realtime+" threads "+row.threads, func(b *testing.B) {
			for b.Loop() {
				out, err := exec.Command("/proc/self/exe", "late", row.realtime, "10", row.threads).Output()
				f := strings.Fields(string(out))
				if err != nil || len(f) < 3 {
					b.Fatal(err, string(out))
				}
				for i, unit := range []string{"max-us", "median-us", "rss-kB"} {
					v, _ := strconv.ParseFloat(f[i], 64)
					b.ReportMetric(v, unit)
				}
			}
		})
	}
}

// BenchmarkStart measures from the call of Start until the speaker is open, in this small program.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		g, err := Start(Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		g.Close()
		b.StartTimer()
	}
}

// BenchmarkPairUnderLoad counts how often the address moves within 20 s at 10 ms beside 32 threads that want the processors.
func BenchmarkPairUnderLoad(b *testing.B) {
	for _, realtime := range []string{"50", "-1"} {
		b.Run("priority "+realtime, func(b *testing.B) {
			b.Setenv("GUARD_REALTIME", realtime)
			for b.Loop() {
				q := startPair(b, quick)
				load(b)
				time.Sleep(20 * time.Second) // this is what is measured
				held, ping := q.hold.Stop(), q.ping.Stop()
				b.ReportMetric(float64(len(held.Changes)), "changes")
				b.ReportMetric(float64(ping.Lost), "lost-pings")
				b.ReportMetric(float64(held.Several.Milliseconds()), "both-ms")
			}
		})
	}
}
