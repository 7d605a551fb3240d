package pattern

import "github.com/caddy-haproxy/caddy-haproxy/modules/txn"

// Method says how a sample is compared with patterns (configuration.txt 7.1, "-m").
type Method uint8

// The methods, named as -m names them.
const (
	Found Method = iota // there is a sample; patterns do not count
	Bool                // the sample is true or not 0; patterns do not count
	Int                 // an integer in a range
	IP                  // an address in a network
	Bin                 // exactly these bytes, written in hexadecimal
	Len                 // a length in a range
	Str                 // exactly this string
	Beg                 // begins with it
	Sub                 // contains it
	Dir                 // contains it between slashes or question marks
	Dom                 // contains it between slashes, question marks, dots or colons
	End                 // ends with it
	Reg                 // a regular expression matches
)

var methodNames = [...]string{
	Found: "found", Bool: "bool", Int: "int", IP: "ip", Bin: "bin", Len: "len", Str: "str",
	Beg: "beg", Sub: "sub", Dir: "dir", Dom: "dom", End: "end", Reg: "reg",
}

func (m Method) String() string { return methodNames[m] }

// ParseMethod finds the method that -m calls name.
func ParseMethod(name string) (Method, bool) {
	for m, n := range methodNames {
		if n == name {
			return Method(m), true
		}
	}
	return 0, false
}

// Input is the type that a sample must be cast to before Match: None stands for any, IPv4 for an address of either
// family.
func (m Method) Input() txn.Type {
	switch m {
	case Found:
		return txn.None
	case Bool, Int:
		return txn.Int
	case IP:
		return txn.IPv4
	case Bin:
		return txn.Bin
	}
	return txn.Str
}

// Operators says whether words such as `gt` are operators for the patterns after them.
func (m Method) Operators() bool { return m == Int || m == Len }

// NoPatterns says whether the method takes no pattern.
func (m Method) NoPatterns() bool { return m == Found || m == Bool }
