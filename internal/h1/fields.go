package h1

// Limits bounds what Parse accepts. A nil *Limits means the defaults.
type Limits struct {
	// MaxHdr is tune.http.maxhdr (configuration.txt 3.2): one more than the field lines a head may have. 0 means 101.
	MaxHdr int
	// AcceptInvalid is "option accept-invalid-http-request" or "-response" (configuration.txt 4.2).
	AcceptInvalid bool
}

const defaultMaxHdr = 101

func (l *Limits) maxHdr() int {
	if l == nil || l.MaxHdr <= 0 {
		return defaultMaxHdr
	}
	return l.MaxHdr
}

func (l *Limits) acceptInvalid() bool { return l != nil && l.AcceptInvalid }

// Where the scanner stands inside a head. A head may arrive in any number of pieces; each byte is looked at once.
const (
	stLeading   uint8 = iota // empty lines before the start line
	stLeadingLF              // the LF of such a line
	stMethod
	stMethodSpace
	stTarget
	stTargetSpace
	stVersion
	stVersionSpace
	stStatus
	stStatusSpace
	stReason
	stLineLF   // the LF of the start line
	stLineLF09 // the end of a request line without version
	stFieldStart
	stName
	stValue
	stValueLF
	stValueEnd // the next byte tells whether the line is folded
	stEndLF
	stDone
)

// scanner is the part of the parse state that requests and responses share.
type scanner struct {
	buf   []byte // as given to the last Parse; tells whether it moved
	state uint8
	pos   int // next byte to look at
	start int // where the current token began
	name  int // end of the current field's name
	eol   int // end of the current field's value, before its line end
	err   Error
}

// resume readies the scanner for buf and says whether the earlier state still holds: it does not when the caller
// moved the bytes elsewhere, because the slices taken so far point into the old place.
func (s *scanner) resume(buf []byte) bool {
	same := len(buf) >= s.pos && len(s.buf) > 0 && &s.buf[0] == &buf[0]
	s.buf = buf
	return same
}

func (s *scanner) fail(status, pos int, msg string) error {
	s.err = Error{Status: status, Pos: pos, Msg: msg}
	return &s.err
}

// fields scans field lines into h until the empty line. It is called again when more bytes arrived. badStatus is
// the status of a refusal. Folded lines are joined with spaces in place, as HAProxy does.
func (s *scanner) fields(h *Headers, lim *Limits, badStatus int) error {
	if s.state == stFieldStart {
		s.plainFields(h, lim.maxHdr()-1)
	}
	buf, i := s.buf, s.pos
	for i < len(buf) {
		switch s.state {
		case stFieldStart:
			switch buf[i] {
			case '\r':
				s.state = stEndLF
				i++
				continue
			case '\n':
				s.state = stDone
				s.pos = i + 1
				return nil
			}
			// HAProxy's array also holds the start line
			if len(*h) >= lim.maxHdr()-1 {
				return s.fail(badStatus, i, "too many field lines")
			}
			s.start = i
			s.state = stName
			fallthrough
		case stName:
			i = s.scanName(i, lim)
			if i == len(buf) {
				continue
			}
			if buf[i] != ':' {
				return s.fail(badStatus, i, "bad byte in a field name")
			}
			if i == s.start {
				return s.fail(badStatus, i, "empty field name")
			}
			s.name = i
			s.state = stValue
			i++
			fallthrough
		case stValue:
			i = lineEnd(buf, i)
			if i == len(buf) {
				continue
			}
			s.eol = i
			s.state = stValueEnd
			if buf[i] == '\r' {
				s.state = stValueLF
			}
			i++
		case stValueLF:
			if buf[i] != '\n' {
				return s.fail(badStatus, i, "CR without LF in a field value")
			}
			s.state = stValueEnd
			i++
		case stValueEnd:
			if isBlank(buf[i]) {
				for j := s.eol; j < i; j++ {
					buf[j] = ' '
				}
				s.state = stValue
				continue
			}
			s.append(h)
			s.state = stFieldStart
		case stEndLF:
			if buf[i] != '\n' {
				return s.fail(badStatus, i, "CR without LF after the field lines")
			}
			s.state = stDone
			s.pos = i + 1
			return nil
		}
	}
	s.pos = i
	return nil
}

// plainFields takes the lines that are complete, not folded and unsuspicious: nearly all. It stops in front of the
// first that is not, and fields looks closer.
func (s *scanner) plainFields(h *Headers, most int) {
	buf, hs, at := s.buf, *h, s.pos
	for len(hs) < most {
		i := at
		for i < len(buf) {
			c := token[buf[i]]
			if c == 0 {
				break
			}
			buf[i] = c
			i++
		}
		if i == at || i == len(buf) || buf[i] != ':' {
			break
		}
		end := lineEnd(buf, i+1)
		if end+2 >= len(buf) || buf[end] != '\r' || buf[end+1] != '\n' || isBlank(buf[end+2]) {
			break
		}
		from, to := i+1, end
		for from < to && isBlank(buf[from]) {
			from++
		}
		for from < to && isBlank(buf[to-1]) {
			to--
		}
		hs = append(hs, Header{Name: buf[at:i:i], Value: buf[from:to:to]})
		at = end + 2
	}
	s.pos, *h = at, hs
}

// scanName moves over a field name and lower-cases it in place.
func (s *scanner) scanName(i int, lim *Limits) int {
	buf := s.buf
	for i < len(buf) {
		c := token[buf[i]]
		if c == 0 {
			break
		}
		buf[i] = c
		i++
	}
	if i < len(buf) && buf[i] != ':' && lim.acceptInvalid() {
		for i < len(buf) && buf[i] != ':' && buf[i] != '\r' && buf[i] != '\n' {
			buf[i] = lower(buf[i])
			i++
		}
	}
	return i
}

// append adds the field just scanned. The slices' capacity ends with them: nobody can write into the next field.
func (s *scanner) append(h *Headers) {
	value := TrimBlanks(s.buf[s.name+1 : s.eol : s.eol])
	*h = append(*h, Header{Name: s.buf[s.start:s.name:s.name], Value: value[:len(value):len(value)]})
}
