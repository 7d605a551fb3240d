package sample

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// ArgType is the type of an argument.
type ArgType uint8

// The argument types, see argNames for HAProxy's words.
const (
	ArgString ArgType = iota
	ArgInt
	ArgIPv4
	ArgIPv6
	ArgMask4
	ArgMask6
	ArgFrontend
	ArgBackend
	ArgServer
	ArgUserlist
	ArgTable
	ArgRegex
	ArgField // a Protocol Buffers field number
)

var argNames = [...]string{
	ArgString: "string", ArgInt: "integer", ArgIPv4: "IPv4 address", ArgIPv6: "IPv6 address",
	ArgMask4: "IPv4 mask", ArgMask6: "IPv6 mask", ArgFrontend: "frontend", ArgBackend: "backend",
	ArgServer: "server", ArgUserlist: "user list", ArgTable: "table", ArgRegex: "regex",
	ArgField: "Protocol buffers field number",
}

func (t ArgType) String() string { return argNames[t] }

// mayBeEmpty says that an empty word is a value of that type: an empty string, or the current proxy.
func (t ArgType) mayBeEmpty() bool {
	switch t {
	case ArgInt, ArgIPv4, ArgIPv6, ArgMask4, ArgMask6, ArgField:
		return false
	}
	return true
}

// Arg is one argument of a fetch or a converter. Str is always what was written, without quotes.
type Arg struct {
	Type     ArgType
	Str      string
	Int      int64       // ArgInt
	Addr     netip.Addr  // addresses and masks
	Frontend txn.Proxy   // nil without a Lookup
	Backend  txn.Backend // also the backend of an ArgServer
	Server   txn.Server
	Userlist Userlist
}

// argSpec is the compiled form of a row's Args.
type argSpec struct {
	types []ArgType
	min   int
}

func mustSpec(text string) argSpec {
	var s argSpec
	must := text
	if i := strings.IndexByte(text, '['); i >= 0 {
		must = text[:i]
	}
	for _, w := range strings.FieldsFunc(must, isSpecMark) {
		s.types = append(s.types, mustArgType(w))
	}
	s.min = len(s.types)
	for _, w := range strings.FieldsFunc(text[len(must):], isSpecMark) {
		s.types = append(s.types, mustArgType(w))
	}
	return s
}

func isSpecMark(r rune) bool { return r == ',' || r == '[' || r == ']' }

func mustArgType(word string) ArgType {
	for t, n := range argNames {
		if n == word {
			return ArgType(t)
		}
	}
	panic(fmt.Sprintf("sample: bad argument type %q", word))
}

// parse reads the arguments that may follow a keyword. It returns what is left of text, and with an error the position
// of the argument that it is about, from 1.
func (s argSpec) parse(text string) (args []Arg, rest string, pos int, err error) {
	if !strings.HasPrefix(text, "(") {
		if s.min == 0 {
			return nil, text, 0, nil
		}
		args, _, pos, err = s.list(")")
		return args, text, pos, err
	}
	return s.list(text[1:])
}

// list reads arguments up to the closing parenthesis.
func (s argSpec) list(text string) (args []Arg, rest string, pos int, err error) {
	rest = text
	for len(args) < len(s.types) {
		word, after, ok := lexArg(rest)
		if !ok {
			return nil, "", min(len(args)+1, len(s.types)), fmt.Errorf("expected ')'")
		}
		typ := s.types[len(args)]
		if word == "" && !typ.mayBeEmpty() {
			break
		}
		a, err := convertArg(typ, word)
		if err != nil {
			n := len(args) + 1
			return nil, "", n, fmt.Errorf("failed to parse '%s' as type '%s' at position %d", word, typ, n)
		}
		args = append(args, a)
		rest = after
		if rest == "" || rest[0] != ',' || len(args) == len(s.types) {
			break
		}
		rest = rest[1:]
	}
	return s.close(args, rest)
}

// close checks that the list ends where it must.
func (s argSpec) close(args []Arg, rest string) ([]Arg, string, int, error) {
	n := len(args)
	pos := max(min(n+1, len(s.types)), 1)
	if n < s.min {
		if n == 0 {
			return nil, "", pos, fmt.Errorf("expected type '%s' at position %d, but got nothing", s.types[n], n+1)
		}
		return nil, "", pos, fmt.Errorf("missing arguments (got %d/%d), type '%s' expected", n, s.min, s.types[n])
	}
	switch {
	case rest == "":
		return nil, "", n + 1, fmt.Errorf("expected ')'")
	case rest[0] != ')':
		if n == 1 {
			pos = 2
		}
		return nil, "", pos, fmt.Errorf("expected ')' before '%s'", rest)
	}
	return args, rest[1:], 0, nil
}

// lexArg reads one argument: up to an unquoted comma or parenthesis (configuration.txt 2.2: outside of quotes and within
// double quotes \\ \" \' \n \r \t and an escaped space are known, within single quotes nothing is).
// It fails when a quote stays open or the text ends.
func lexArg(text string) (word, rest string, ok bool) {
	i := strings.IndexAny(text, `,)'"\`)
	if i >= 0 && (text[i] == ',' || text[i] == ')') {
		return text[:i], text[i:], true
	}
	var b strings.Builder
	var quote byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote == 0 && (c == ',' || c == ')'):
			return b.String(), text[i:], true
		case c == quote && quote != 0:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == '\\' && quote != '\'' && i+1 < len(text) && unescape(text[i+1]) != 0:
			i++
			b.WriteByte(unescape(text[i]))
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 {
		return "", "", false
	}
	return b.String(), "", true
}

func unescape(c byte) byte {
	switch c {
	case '\\', '"', '\'', ' ':
		return c
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}
