package lab

import (
	"fmt"
	"time"
)

// Timing is how a virtual router speaks.
type Timing struct {
	Version  int
	Interval time.Duration
	IPv6     bool
	Unicast  bool
}

// The timings of the tables.
var (
	V2      = Timing{Version: 2, Interval: time.Second}
	V3      = Timing{Version: 3, Interval: 100 * time.Millisecond}
	V3Fast  = Timing{Version: 3, Interval: 10 * time.Millisecond}
	V6      = Timing{Version: 3, Interval: 100 * time.Millisecond, IPv6: true}
	Unicast = Timing{Version: 2, Interval: time.Second, Unicast: true}
)

func (t Timing) String() string {
	s := fmt.Sprintf("v%d %gs", t.Version, t.Interval.Seconds())
	if t.IPv6 {
		s += " IPv6"
	}
	if t.Unicast {
		s += " unicast"
	}
	return s
}

// Skew is the Skew_Time of a priority (RFC 3768 6.1, RFC 5798 6.1).
func (t Timing) Skew(priority int) time.Duration {
	unit := time.Second
	if t.Version == 3 {
		unit = t.Interval
	}
	return unit * time.Duration(256-priority) / 256
}

// Down is the Master_Down_Interval of a priority.
func (t Timing) Down(priority int) time.Duration { return 3*t.Interval + t.Skew(priority) }
