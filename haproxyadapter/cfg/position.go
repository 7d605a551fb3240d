package cfg

import "strconv"

// File is one named configuration text.
type File struct {
	// Name is what messages and the pseudo-variable .FILE show; it is never opened.
	Name string
	// Body is the whole text. CRLF, a missing final newline and a byte order mark are accepted.
	Body []byte
}

// Pos is where a word stands: a file's name and a line number counted from one.
type Pos struct {
	File string
	Line int
}

// String returns "file:line".
func (p Pos) String() string { return p.File + ":" + strconv.Itoa(p.Line) }

// IsZero reports whether the position is unknown.
func (p Pos) IsZero() bool { return p == Pos{} }
