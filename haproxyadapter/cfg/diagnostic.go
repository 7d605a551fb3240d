package cfg

import (
	"errors"
	"fmt"
	"strings"
)

// Severity orders diagnostics the way HAProxy's log labels do.
type Severity int

// The severities, from the least to the most serious one.
const (
	// Diag is only shown in diagnostic mode (haproxy -dD).
	Diag Severity = iota
	// Notice informs.
	Notice
	// Warning says that something is accepted but differs from what was probably meant.
	Warning
	// Alert makes the configuration invalid.
	Alert
)

// String returns HAProxy's label: DIAG, NOTICE, WARNING or ALERT.
func (s Severity) String() string {
	switch s {
	case Diag:
		return "DIAG"
	case Notice:
		return "NOTICE"
	case Warning:
		return "WARNING"
	case Alert:
		return "ALERT"
	}
	return fmt.Sprintf("Severity(%d)", int(s))
}

// Diagnostic is one message about a line. A whole file's diagnostics are collected, never only the first.
type Diagnostic struct {
	Pos      Pos
	Severity Severity
	// Keyword is the word the message is about, when there is one.
	Keyword string
	// Msg is the message without position; it may hold further lines (the excerpt with a caret).
	Msg string

	// lexical marks the lexer's own messages: HAProxy writes "[f:1]: " before them and "[f:1] : " before those of keywords.
	lexical bool
}

// Error returns the message in HAProxy's words: `parsing [file:line] : message`, or the bare message when it has no position.
func (d Diagnostic) Error() string {
	if d.Pos.IsZero() {
		return d.Msg
	}
	sep := " : "
	if d.lexical {
		sep = ": "
	}
	return "parsing [" + d.Pos.String() + "]" + sep + d.Msg
}

// String returns the line HAProxy would print, without process id: `[ALERT]    config : parsing [file:line] : message`.
func (d Diagnostic) String() string {
	return fmt.Sprintf("%-10s config : %s", "["+d.Severity.String()+"]", d.Error())
}

// Diagnostics is a list of messages in the order in which they were found.
type Diagnostics []Diagnostic

// HasErrors reports whether any message is an Alert.
func (ds Diagnostics) HasErrors() bool {
	for i := range ds {
		if ds[i].Severity >= Alert {
			return true
		}
	}
	return false
}

// Errors returns the messages of severity Alert.
func (ds Diagnostics) Errors() Diagnostics {
	return ds.with(func(s Severity) bool { return s >= Alert })
}

// Warnings returns the messages of severity Warning.
func (ds Diagnostics) Warnings() Diagnostics {
	return ds.with(func(s Severity) bool { return s == Warning })
}

func (ds Diagnostics) with(want func(Severity) bool) Diagnostics {
	var out Diagnostics
	for _, d := range ds {
		if want(d.Severity) {
			out = append(out, d)
		}
	}
	return out
}

// Err returns nil when no message is an Alert, else one error that lists every Alert, a line each, and unwraps to them.
func (ds Diagnostics) Err() error {
	errs := ds.Errors()
	if len(errs) == 0 {
		return nil
	}
	return diagnosticsError(errs)
}

// Add appends err: a *Diagnostic (or several, joined) keeps its own position and severity, any other error becomes an
// Alert at pos. A nil error adds nothing.
func (ds *Diagnostics) Add(pos Pos, err error) {
	if err == nil {
		return
	}
	if list, ok := err.(diagnosticsError); ok {
		*ds = append(*ds, list...)
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			ds.Add(pos, e)
		}
		return
	}
	var one *Diagnostic
	if errors.As(err, &one) {
		d := *one
		d.Msg = plainText(err, one) // the text around a wrapped diagnostic says where it was met
		*ds = append(*ds, d)
		return
	}
	*ds = append(*ds, Diagnostic{Pos: pos, Severity: Alert, Msg: err.Error()})
}

// Addf appends a message at pos.
func (ds *Diagnostics) Addf(pos Pos, s Severity, format string, a ...any) {
	*ds = append(*ds, Diagnostic{Pos: pos, Severity: s, Msg: fmt.Sprintf(format, a...)})
}

type diagnosticsError Diagnostics

func (e diagnosticsError) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].String()
	}
	return strings.Join(lines, "\n")
}

func (e diagnosticsError) Unwrap() []error {
	errs := make([]error, len(e))
	for i := range e {
		errs[i] = &e[i]
	}
	return errs
}

// Prefix puts text before err. A *Diagnostic keeps its position; nil stays nil.
func Prefix(err error, format string, a ...any) error {
	if err == nil {
		return nil
	}
	text := fmt.Sprintf(format, a...)
	var one *Diagnostic
	if errors.As(err, &one) {
		d := *one
		d.Msg = text + plainText(err, one)
		return &d
	}
	return fmt.Errorf("%s%w", text, err)
}

// At gives err the position of its line, when there is one.
func At(pos Pos, err error) error {
	if err == nil || pos.IsZero() {
		return err
	}
	return &Diagnostic{Pos: pos, Severity: Alert, Msg: Plain(err).Error()}
}

// Plain is err without a position: that of what it is about is added once, outside.
func Plain(err error) error {
	var d *Diagnostic
	if errors.As(err, &d) {
		return errors.New(plainText(err, d))
	}
	return err
}

// plainText is the text of err without the position of d, which is in it. What others put around d stays.
func plainText(err error, d *Diagnostic) string {
	return strings.Replace(err.Error(), d.Error(), d.Msg, 1)
}
