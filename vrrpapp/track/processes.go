package track

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// look is between two readings of /proc where the kernel does not tell.
const look = 500 * time.Millisecond

// news is what the kernel tells: that a process is to be looked at, that it has gone, or that news were lost.
type news struct {
	pid        int
	gone, lost bool
}

// processes are those that match.
type processes struct {
	*Process
	found map[int]bool
}

// take takes news in.
func (p *processes) take(n news) {
	switch {
	case n.lost:
		p.scan()
	case n.gone || !p.matches(n.pid):
		delete(p.found, n.pid)
	default:
		p.found[n.pid] = true
	}
}

// scan looks at all processes.
func (p *processes) scan() {
	p.found = map[int]bool{}
	dir, err := os.Open("/proc")
	if err != nil {
		return
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1) // what was read before an error counts
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil && p.matches(pid) {
			p.found[pid] = true
		}
	}
}

// matches reports whether a process is one that counts. A zombie has no command line any more.
func (p *Process) matches(pid int) bool {
	dir := "/proc/" + strconv.Itoa(pid)
	if !p.byLine() {
		comm, err := os.ReadFile(dir + "/comm")
		return err == nil && string(bytes.TrimSuffix(comm, []byte("\n"))) == p.Process[0] && !zombie(dir)
	}
	line, err := os.ReadFile(dir + "/cmdline")
	if err != nil || len(line) == 0 {
		return false
	}
	return p.matchesLine(strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00"))
}

// matchesLine compares words of a command line.
func (p *Process) matchesLine(words []string) bool {
	want := p.Process
	switch {
	case p.ParamMatch == "partial", len(want) == 1:
		return len(words) >= len(want) && slices.Equal(words[:len(want)], want)
	case p.ParamMatch == "initial":
		return strings.HasPrefix(strings.Join(words, "\x00")+"\x00", strings.Join(want, "\x00"))
	}
	return slices.Equal(words, want)
}

// zombie reports whether a process has ended and waits for its parent to notice.
func zombie(dir string) bool {
	stat, err := os.ReadFile(dir + "/stat")
	if err != nil {
		return true
	}
	_, rest, ok := bytes.Cut(stat[max(0, bytes.LastIndexByte(stat, ')')):], []byte(" "))
	return !ok || len(rest) == 0 || rest[0] == 'Z' || rest[0] == 'X'
}
