package logformat

import (
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Kind says what a format string is for: HAProxy writes the same string differently in different places.
type Kind uint8

const (
	// Log is a log line: `log-format`, `log-format-sd`, `error-log-format` and the built-in formats. Runs of blanks are
	// one, an empty sample is "-", and samples are written byte for byte, control bytes too.
	Log Kind = iota
	// String is an argument of an HTTP rule or reply: `set-header`, `set-path`, `redirect location`, `lf-string`,
	// `lf-file`, `use_backend %[...]`. Blanks are kept, what is empty is empty, flag Q does nothing to samples, and their
	// control bytes are percent-encoded ("%0A").
	String
	// UniqueID is `unique-id-format`: as String, but runs of blanks are one.
	UniqueID
	// Raw is `set-var-fmt`: blanks are kept, flag Q works, what is empty is empty, samples are written byte for byte.
	Raw
)

func (k Kind) mergesBlanks() bool { return k == Log || k == UniqueID }
func (k Kind) encodes() bool      { return k == String || k == UniqueID }

// Options are the circumstances of a format string.
type Options struct {
	Kind Kind
	// TCP is set when the proxy is in mode tcp: variables marked H in 8.2.6 are refused there.
	TCP bool
}

// Format is a compiled format string. It is immutable and safe for concurrent use.
type Format struct {
	nodes []node
	kind  Kind
}

// node is one piece of a format: text, and the variable, sample or blank behind it.
type node struct {
	op    op
	flags flags
	text  []byte // with the blanks that are always there
	expr  *sample.Expr
}

type flags uint8

const (
	quoted  flags = 1 << iota // Q
	hex                       // X
	escaped                   // E
)

// Const returns the format's text when it has no variable: the callers then need not run it per request.
func (f *Format) Const() ([]byte, bool) {
	for i := range f.nodes {
		if f.nodes[i].op != opText && f.nodes[i].op != opBlank {
			return nil, false
		}
	}
	return f.Append(nil, nil), true
}

// uniqueIDLen is how long a unique-id can be, in bytes.
const uniqueIDLen = 127

// noConn stands in where there is no client, as in a health check.
var noConn txn.Conn

// Append appends what the format says about t. A log line that comes out empty is not to be sent. It does not allocate.
func (f *Format) Append(dst []byte, t *txn.Txn) []byte {
	w := writer{t: t, conn: &noConn, dst: dst, blank: true, kind: f.kind}
	if t != nil && t.Conn != nil {
		w.conn = t.Conn
	}
	for i := range f.nodes {
		if !w.node(&f.nodes[i]) {
			break
		}
	}
	if f.kind == UniqueID && len(w.dst) > len(dst)+uniqueIDLen {
		return w.dst[:len(dst)+uniqueIDLen]
	}
	return w.dst
}
