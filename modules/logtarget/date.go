package logtarget

import "time"

// stamp is one second as the formats write it. Messages of the same second use it again: they are sent at the present time.
type stamp struct {
	sec  int64
	bsd  [15]byte // "Nov  2 15:04:05"
	iso  [19]byte // "2006-11-02T15:04:05"
	zone [6]byte  // "+01:00"; 0 before the first use
}

// turn makes s that of now.
func (s *stamp) turn(now time.Time) {
	sec := now.Unix()
	if s.sec == sec && s.zone[0] != 0 {
		return
	}
	s.sec = sec
	now = now.Local()
	now.AppendFormat(s.bsd[:0], "Jan _2 15:04:05")
	now.AppendFormat(s.iso[:0], "2006-01-02T15:04:05")
	now.AppendFormat(s.zone[:0], "-07:00")
}

// appendBSD appends "Nov  2 15:04:05" (RFC 3164 4.1.2).
func (s *stamp) appendBSD(dst []byte, now time.Time) []byte {
	s.turn(now)
	return append(dst, s.bsd[:]...)
}

// appendISO appends "2006-11-02T15:04:05.000000+01:00" (RFC 5424 6.2.3).
func (s *stamp) appendISO(dst []byte, now time.Time) []byte {
	s.turn(now)
	dst = append(dst, s.iso[:]...)
	us := now.Nanosecond() / 1000
	dst = append(dst, '.', digit(us/100000), digit(us/10000), digit(us/1000), digit(us/100), digit(us/10), digit(us))
	return append(dst, s.zone[:]...)
}

func digit(v int) byte { return '0' + byte(v%10) }
