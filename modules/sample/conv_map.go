package sample

import (
	"fmt"

	"github.com/caddy-haproxy/caddy-haproxy/modules/pattern"
	"github.com/caddy-haproxy/caddy-haproxy/modules/regex"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Maps (configuration.txt 7.3.1, "map").
func init() {
	RegisterConv(
		Conv{Name: "map", Args: "string[,string]", In: txn.Str, Out: txn.Str, Compile: compileMap(pattern.Str, txn.Str)},
		Conv{Name: "map_regm", Args: "string[,string]", In: txn.Str, Out: txn.Str, Compile: compileMapRegm},
	)
	for _, m := range []pattern.Method{
		pattern.Str, pattern.Beg, pattern.Sub, pattern.Dir, pattern.Dom, pattern.End, pattern.Reg, pattern.Int, pattern.IP,
	} {
		in := m.Input()
		if m == pattern.IP {
			in = Addr
		}
		name := "map_" + m.String()
		RegisterConv(
			Conv{Name: name, Args: "string[,string]", In: in, Out: txn.Str, Compile: compileMap(m, txn.Str)},
			Conv{Name: name + "_int", Args: "string[,integer]", In: in, Out: txn.Int, Compile: compileMap(m, txn.Int)},
			Conv{Name: name + "_ip", Args: "string[,string]", In: in, Out: Addr, Compile: compileMap(m, txn.IPv4)},
		)
	}
}

// compileMap makes a map with the given match method and type of values.
func compileMap(m pattern.Method, out Type) func(*Env, []Arg) (ConvFunc, error) {
	return func(_ *Env, args []Arg) (ConvFunc, error) {
		table, err := pattern.LoadMap(m, firstArg(args), out)
		if err != nil {
			return nil, err
		}
		other, err := mapDefault(args, out)
		if err != nil {
			return nil, err
		}
		return func(t *txn.Txn, s *Sample) bool {
			v, _ := table.Find(t, s)
			if v == nil {
				v = other
			}
			if v == nil {
				return false
			}
			*s = *v
			return true
		}, nil
	}
}

// mapDefault is the value for what is not in the map, nil without one.
func mapDefault(args []Arg, out Type) (*Sample, error) {
	if len(args) < 2 {
		return nil, nil
	}
	text := args[1].Str
	if out == txn.Int {
		s := new(Sample)
		s.SetInt(args[1].Int)
		return s, nil
	}
	v, err := pattern.ParseValue(text, out)
	if err != nil {
		return nil, fmt.Errorf("map: cannot parse default ip <%s>.", text)
	}
	return &v, nil
}

func compileMapRegm(_ *Env, args []Arg) (ConvFunc, error) {
	table, err := pattern.LoadRegexMap(firstArg(args))
	if err != nil {
		return nil, err
	}
	other, err := mapDefault(args, txn.Str)
	if err != nil {
		return nil, err
	}
	return func(t *txn.Txn, s *Sample) bool {
		v, i := table.Find(t, s)
		if v == nil {
			if other == nil {
				return false
			}
			*s = *other
			return true
		}
		var locs [20]int
		loc := table.Regex(i).FindSubmatchIndex(s.Bytes, locs[:0])
		b, err := regex.AppendTemplate(t.Room(len(v.Bytes)+len(s.Bytes)), s.Bytes, v.Bytes, loc)
		s.SetStr(t.Keep(b))
		return err == nil && loc != nil
	}, nil
}
