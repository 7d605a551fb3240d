package conf

import (
	"fmt"
	"strconv"
	"strings"
)

// File is one named configuration text.
type File struct {
	// Name is what messages show. Includes are looked for beside it, so it should be a path.
	Name string
	// Body is the whole text. CRLF, a missing last newline and a byte order mark are accepted.
	Body []byte
}

// Pos is where a statement stands: a file's name and a line number counted from one. What a parameter or a sequence
// expands to stands where it is used.
type Pos struct {
	File string
	Line int
}

// String returns "file:line".
func (p Pos) String() string { return p.File + ":" + strconv.Itoa(p.Line) }

// Diagnostic is one message about a line.
type Diagnostic struct {
	Pos Pos
	// Warning says that the line is accepted all the same.
	Warning bool
	// Keyword is the word that the message is about, if there is one.
	Keyword string
	Msg     string
}

// Error returns "file:line: message".
func (d Diagnostic) Error() string {
	if d.Pos == (Pos{}) {
		return d.Msg
	}
	return d.Pos.String() + ": " + d.Msg
}

// Diagnostics is a list of messages in the order in which they were found.
type Diagnostics []Diagnostic

// Errorf appends an error.
func (ds *Diagnostics) Errorf(pos Pos, format string, a ...any) {
	*ds = append(*ds, Diagnostic{Pos: pos, Msg: fmt.Sprintf(format, a...)})
}

// Warnf appends a warning.
func (ds *Diagnostics) Warnf(pos Pos, format string, a ...any) {
	*ds = append(*ds, Diagnostic{Pos: pos, Warning: true, Msg: fmt.Sprintf(format, a...)})
}

// Errors are the messages that are no warnings.
func (ds Diagnostics) Errors() Diagnostics { return ds.only(false) }

// Warnings are the warnings.
func (ds Diagnostics) Warnings() Diagnostics { return ds.only(true) }

func (ds Diagnostics) only(warning bool) (list Diagnostics) {
	for _, d := range ds {
		if d.Warning == warning {
			list = append(list, d)
		}
	}
	return list
}

// Err is nil without errors, else one error that lists all of them, a line each.
func (ds Diagnostics) Err() error {
	if errs := ds.Errors(); len(errs) > 0 {
		return failures(errs)
	}
	return nil
}

type failures Diagnostics

func (f failures) Error() string {
	lines := make([]string, len(f))
	for i, d := range f {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

func (f failures) Unwrap() []error {
	errs := make([]error, len(f))
	for i, d := range f {
		errs[i] = d
	}
	return errs
}
