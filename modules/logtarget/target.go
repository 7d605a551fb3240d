package logtarget

import (
	"fmt"
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// Target is one `log` line.
type Target struct {
	// Global stands for the targets of the global section ("log global"); nothing else is set then.
	Global bool `json:"global,omitempty"`
	// Address is where messages go, as HAProxy writes it: "10.0.0.1:514", "[::1]:514", "name:514", "/dev/log", "stdout",
	// "stderr", "fd@3". The port's default is 514.
	Address string `json:"address,omitempty"`
	// Len is the longest message in bytes, 80 to 65535, without the final newline; longer ones are cut. Default: 1024.
	Len int `json:"len,omitempty"`
	// Format is what surrounds the text: local, rfc3164, rfc5424, priority, short, timed, iso or raw. Default: local, or
	// rfc3164 when the global section has log-send-hostname.
	Format string `json:"format,omitempty"`
	// Sample sends only some messages. Default: all.
	Sample *Sample `json:"sample,omitempty"`
	// Facility is the syslog facility: kern, user, ..., local7. Required.
	Facility string `json:"facility,omitempty"`
	// Level is the least severe level that is sent: emerg, alert, crit, err, warning, notice, info or debug. Default: debug.
	Level string `json:"level,omitempty"`
	// MinLevel is the most severe level a message is sent with; more severe ones are sent as this. Default: emerg.
	MinLevel string `json:"min_level,omitempty"`
	// Pos is where the line stands.
	Pos cfg.Pos `json:"-"`
}

// Sample sends some of every Size messages, so that several targets share the load (configuration.txt 4.2 "log", sample).
type Sample struct {
	// Ranges are the numbers of the messages to send, from 1 to Size, ascending and without overlap.
	Ranges []Range `json:"ranges"`
	// Size is how many messages one round has.
	Size int `json:"size"`
}

// Range is a range of messages, both ends included.
type Range struct {
	// Low and High are numbers of messages of a round, from 1 up; High is Low when only one is meant.
	Low  int `json:"low"`
	High int `json:"high"`
}

// What the `log` line's len can be, and is when it says nothing.
const (
	minLen     = 80
	maxLen     = 65535
	defaultLen = 1024
)

// Levels are the severities, by number.
var Levels = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// Facilities are the syslog facilities, by number.
var Facilities = []string{
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "auth2", "ftp",
	"ntp", "audit", "alert", "cron2", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
}

// Level is the number of a level's name, -1 when there is none.
func Level(name string) int { return slices.Index(Levels, name) }

// Validate checks what JSON can get wrong; a `log` line was checked by UnmarshalHAProxy.
func (t *Target) Validate() error {
	if t.Global {
		return nil
	}
	if _, err := parseAddress(t.Address); err != nil {
		return err
	}
	switch {
	case t.Len != 0 && (t.Len < minLen || t.Len > maxLen):
		return fmt.Errorf("invalid log length '%d', must be between %d and %d", t.Len, minLen, maxLen)
	case t.Format != "" && formatOf(t.Format) == unset:
		return fmt.Errorf("unknown log format '%s'", t.Format)
	case slices.Index(Facilities, t.Facility) < 0:
		return fmt.Errorf("unknown log facility '%s'", t.Facility)
	case t.Level != "" && Level(t.Level) < 0:
		return fmt.Errorf("unknown optional log level '%s'", t.Level)
	case t.MinLevel != "" && Level(t.MinLevel) < 0:
		return fmt.Errorf("unknown optional minimum log level '%s'", t.MinLevel)
	}
	return t.Sample.validate()
}

func (s *Sample) validate() error {
	if s == nil {
		return nil
	}
	if len(s.Ranges) == 0 {
		return fmt.Errorf("no sampling ranges given")
	}
	high := 0
	for _, r := range s.Ranges {
		if r.Low < 1 || r.High < r.Low {
			return fmt.Errorf("wrong sample range '%d-%d'", r.Low, r.High)
		}
		if r.Low <= high {
			return fmt.Errorf("ranges are overlapping")
		}
		high = r.High
	}
	if s.Size < high {
		return fmt.Errorf("sample size %d should be greater or equal to %d the maximum of the high ranges limits", s.Size, high)
	}
	return nil
}
