//lint:file-ignore ST1005 the texts are HAProxy's, word for word

package sample

import (
	"errors"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Parts of delimited text (configuration.txt 7.3.1: field, word).
func init() {
	RegisterConv(
		Conv{Name: "field", Args: "integer,string[,integer]", In: txn.Str, Out: txn.Str, Compile: compileField},
		Conv{Name: "word", Args: "integer,string[,integer]", In: txn.Str, Out: txn.Str, Compile: compileWord},
	)
}

// delims is a set of delimiting bytes.
type delims [256]bool

func delimiters(text string) *delims {
	d := new(delims)
	for i := range len(text) {
		d[text[i]] = true
	}
	return d
}

func (d *delims) has(c byte) bool { return d[c] }

// cut is what field and word have in common.
type cut struct {
	index, count int64 // count 0: all that remain
	delims       *delims
}

func parseCut(args []Arg) (c cut, err error) {
	c = cut{index: args[0].Int, count: 1, delims: delimiters(args[1].Str)}
	if len(args) > 2 {
		c.count = args[2].Int
	}
	switch {
	case c.index == 0:
		return c, errors.New("Unexpected value 0 for index")
	case args[1].Str == "":
		return c, errors.New("Empty separators list")
	}
	return c, nil
}

func compileField(_ *Env, args []Arg) (ConvFunc, error) {
	c, err := parseCut(args)
	return func(_ *txn.Txn, s *Sample) bool {
		if c.index > 0 {
			s.Bytes = c.fieldFromStart(s.Bytes)
		} else {
			s.Bytes = c.fieldFromEnd(s.Bytes)
		}
		return s.Bytes != nil
	}, err
}

// fieldFromStart is nil when there are not that many fields.
func (c *cut) fieldFromStart(b []byte) []byte {
	start, at, n := 0, int64(1), int64(0)
	for i := 0; i <= len(b); i++ {
		if i < len(b) && !c.delims.has(b[i]) {
			continue
		}
		if at >= c.index {
			if n++; n == c.count || i == len(b) {
				return b[start:i]
			}
			continue
		}
		at++
		start = i + 1
	}
	return nil
}

func (c *cut) fieldFromEnd(b []byte) []byte {
	end, at, n := len(b), int64(-1), int64(0)
	for i := len(b) - 1; i >= -1; i-- {
		if i >= 0 && !c.delims.has(b[i]) {
			continue
		}
		if at <= c.index {
			if n++; n == c.count || i < 0 {
				return b[i+1 : end]
			}
			continue
		}
		at--
		end = i
	}
	return nil
}

func compileWord(_ *Env, args []Arg) (ConvFunc, error) {
	c, err := parseCut(args)
	return func(_ *txn.Txn, s *Sample) bool {
		if c.index > 0 {
			s.Bytes = c.wordFromStart(s.Bytes)
		} else {
			s.Bytes = c.wordFromEnd(s.Bytes)
		}
		return true
	}, err
}

// wordFromStart is empty when there are not that many words: runs of delimiters count as one, and those at the ends do not.
func (c *cut) wordFromStart(b []byte) []byte {
	start, at, n := -1, int64(0), int64(0)
	for i := 0; i < len(b); {
		if c.delims.has(b[i]) {
			i++
			continue
		}
		end := i
		for end < len(b) && !c.delims.has(b[end]) {
			end++
		}
		if at++; at == c.index {
			start = i
		}
		if at >= c.index {
			if n++; n == c.count {
				return b[start:end]
			}
		}
		i = end
	}
	if start < 0 {
		return nil
	}
	return b[start:]
}

func (c *cut) wordFromEnd(b []byte) []byte {
	end, at, n := -1, int64(0), int64(0)
	for i := len(b); i > 0; {
		if c.delims.has(b[i-1]) {
			i--
			continue
		}
		start := i
		for start > 0 && !c.delims.has(b[start-1]) {
			start--
		}
		if at--; at == c.index {
			end = i
		}
		if at <= c.index {
			if n++; n == c.count {
				return b[start:end]
			}
		}
		i = start
	}
	if end < 0 {
		return nil
	}
	return b[:end]
}
