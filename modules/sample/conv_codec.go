//lint:file-ignore ST1005 the texts are HAProxy's, word for word

package sample

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Encodings (configuration.txt 7.3.1).
func init() {
	RegisterConv(
		Conv{Name: "base64", In: txn.Bin, Out: txn.Str, Func: encoder(base64.StdEncoding)},
		Conv{Name: "ub64enc", In: txn.Bin, Out: txn.Str, Func: encoder(base64.RawURLEncoding)},
		Conv{Name: "b64dec", In: txn.Str, Out: txn.Bin, Func: decoder(base64Std)},
		Conv{Name: "ub64dec", In: txn.Str, Out: txn.Bin, Func: decoder(base64URL)},
		Conv{Name: "hex", In: txn.Bin, Out: txn.Str, Func: convHex},
		Conv{Name: "hex2i", In: txn.Str, Out: txn.Int, Func: convHex2i},
		Conv{Name: "htonl", In: txn.Int, Out: txn.Bin, Func: convHtonl},
		Conv{Name: "be2hex", Args: "string[,integer,integer]", In: txn.Bin, Out: txn.Str, Compile: compileBe2hex},
		Conv{Name: "be2dec", Args: "string[,integer,integer]", In: txn.Bin, Out: txn.Str, Compile: compileBe2dec},
	)
}

func encoder(e *base64.Encoding) ConvFunc {
	return func(t *txn.Txn, s *Sample) bool {
		b := t.Scratch(e.EncodedLen(len(s.Bytes)))
		e.Encode(b, s.Bytes)
		s.SetStr(b)
		return true
	}
}

func decoder(d *base64Table) ConvFunc {
	return func(t *txn.Txn, s *Sample) bool {
		b, ok := d.decode(t, s.Bytes)
		s.SetBin(b)
		return ok
	}
}

// base64Table has the value of each character, notBase64 for those that have none.
type base64Table struct {
	value  [256]byte
	padded bool // the text has its padding
}

const notBase64 = 0xff

func newBase64(last2 string, padded bool) *base64Table {
	d := &base64Table{padded: padded}
	for i := range d.value {
		d.value[i] = notBase64
	}
	const rest = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	for i, c := range []byte(rest + last2) {
		d.value[c] = byte(i)
	}
	// What HAProxy's base64url decoder makes of a padding character, which base64url does not have.
	if !padded {
		d.value['='] = 63
	}
	return d
}

var (
	base64Std = newBase64("+/", true)
	base64URL = newBase64("-_", false)
)

// decode decodes into scratch memory, four characters at a time.
func (d *base64Table) decode(t *txn.Txn, in []byte) ([]byte, bool) {
	if d.padded && len(in)%4 != 0 || len(in)%4 == 1 {
		return nil, false
	}
	out := t.Room(len(in)/4*3 + 3)
	for ; len(in) > 0; in = in[min(4, len(in)):] {
		var v uint32
		missing := 4 - min(4, len(in))
		for i := range 4 {
			var c byte
			switch {
			case i >= len(in):
			case d.padded && in[i] == '=':
				missing++
			case d.value[in[i]] == notBase64, d.padded && missing > 0:
				return nil, false
			default:
				c = d.value[in[i]]
			}
			v = v<<6 | uint32(c)
		}
		if missing > 3 {
			return nil, false
		}
		three := [3]byte{byte(v >> 16), byte(v >> 8), byte(v)}
		out = append(out, three[:3-missing]...)
	}
	return t.Keep(out), true
}

const upperHex = "0123456789ABCDEF"

func convHex(t *txn.Txn, s *Sample) bool {
	b := t.Scratch(hex.EncodedLen(len(s.Bytes)))
	for i, c := range s.Bytes {
		b[2*i], b[2*i+1] = upperHex[c>>4], upperHex[c&15]
	}
	s.SetStr(b)
	return true
}

func convHex2i(_ *txn.Txn, s *Sample) bool {
	var n uint64
	for _, c := range s.Bytes {
		d := hexDigit(c)
		if d < 0 {
			return false
		}
		n = n<<4 | uint64(d)
	}
	s.SetInt(int64(n))
	return true
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func convHtonl(t *txn.Txn, s *Sample) bool {
	s.SetBin(t.Keep(binary.BigEndian.AppendUint32(t.Room(4), uint32(s.Int))))
	return true
}

// chunking is what be2hex and be2dec have in common.
type chunking struct {
	sep      string
	size     int
	truncate bool
}

func parseChunking(args []Arg) (c chunking, err error) {
	var n [3]int64
	for i := 1; i < len(args); i++ {
		n[i] = args[i].Int
	}
	c = chunking{sep: firstArg(args), size: int(max(n[1], -1)), truncate: n[2] != 0}
	if n[2] != 0 && n[2] != 1 {
		err = fmt.Errorf("Unsupported truncate value (%d)", n[2])
	}
	return c, err
}

func compileBe2hex(_ *Env, args []Arg) (ConvFunc, error) {
	c, err := parseChunking(args)
	switch {
	case err != nil:
		return nil, err
	case c.sep != "" || len(args) > 1:
		if c.size <= 0 {
			return nil, fmt.Errorf("chunk_size needs to be positive (%d)", argInteger(args, 1))
		}
	}
	return func(t *txn.Txn, s *Sample) bool {
		in := s.Bytes
		size := c.size
		if size <= 0 {
			size = max(len(in), 1)
		}
		b := t.Room(2*len(in) + (len(in)/size+1)*len(c.sep))
		for i := 0; i < len(in); i += size {
			end := min(i+size, len(in))
			if end-i < size && c.truncate {
				break
			}
			if i > 0 {
				b = append(b, c.sep...)
			}
			for _, x := range in[i:end] {
				b = append(b, upperHex[x>>4], upperHex[x&15])
			}
		}
		s.SetStr(t.Keep(b))
		return true
	}, nil
}

func argInteger(args []Arg, i int) int64 {
	if i < len(args) {
		return args[i].Int
	}
	return 0
}

func compileBe2dec(_ *Env, args []Arg) (ConvFunc, error) {
	c, err := parseChunking(args)
	switch {
	case err != nil:
		return nil, err
	case c.size <= 0 || c.size > 8:
		return nil, fmt.Errorf("chunk_size out of [1..8] range (%d)", argInteger(args, 1))
	}
	return func(t *txn.Txn, s *Sample) bool {
		in := s.Bytes
		b := t.Room((len(in)/c.size + 1) * (20 + len(c.sep)))
		for i := 0; i < len(in); i += c.size {
			end := min(i+c.size, len(in))
			if end-i < c.size && c.truncate {
				break
			}
			if i > 0 {
				b = append(b, c.sep...)
			}
			var n uint64
			for _, x := range in[i:end] {
				n = n<<8 | uint64(x)
			}
			b = strconv.AppendUint(b, n, 10)
		}
		s.SetStr(t.Keep(b))
		return true
	}, nil
}
