package fsm

import (
	"net/netip"
	"time"
)

// Of one reason and source one line a minute is enough, and of strangers' sources only so many are remembered: the rest of
// a reason share a line.
const (
	reportEvery = time.Minute
	mostReports = 128
)

type reportKey struct {
	why  Reason
	peer netip.Addr
}

type reported struct {
	at   time.Time
	more int
}

// repeats says what has been said.
type repeats map[reportKey]reported

func (m *Machine) report(why Reason, peer netip.Addr) {
	if m.said == nil {
		m.said = repeats{}
	}
	if more, due := m.said.due(m.now, reportKey{why, peer}); due {
		m.emit(Effect{Do: Report, Why: why, Peer: peer, Count: more})
	}
}

// due says whether to say it, and how often it was not said since the last time.
func (r repeats) due(now time.Time, key reportKey) (more int, due bool) {
	was, known := r[key]
	if !known && len(r) >= mostReports {
		if r.prune(now); len(r) >= mostReports {
			key.peer = netip.Addr{}
			was, known = r[key]
		}
	}
	if known && now.Sub(was.at) < reportEvery {
		was.more++
		r[key] = was
		return 0, false
	}
	r[key] = reported{at: now}
	return was.more, true
}

func (r repeats) prune(now time.Time) {
	for key, was := range r {
		if now.Sub(was.at) >= reportEvery {
			delete(r, key)
		}
	}
}
