package sample

import (
	"fmt"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Dates (configuration.txt 7.3.1: http_date, ltime, utime).
func init() {
	RegisterConv(
		Conv{Name: "http_date", Args: "[integer,string]", In: txn.Int, Out: txn.Str, Compile: compileHTTPDate},
		Conv{Name: "ltime", Args: "string[,integer]", In: txn.Int, Out: txn.Str, Compile: compileTime(func() *time.Location { return time.Local })},
		Conv{Name: "utime", Args: "string[,integer]", In: txn.Int, Out: txn.Str, Compile: compileTime(func() *time.Location { return time.UTC })},
	)
}

func compileHTTPDate(_ *Env, args []Arg) (ConvFunc, error) {
	unit := int64(1)
	if len(args) > 1 {
		switch args[1].Str {
		case "s":
		case "ms":
			unit = 1e3
		case "us":
			unit = 1e6
		default:
			return nil, fmt.Errorf("expects 's', 'ms' or 'us', got '%s'", args[1].Str)
		}
	}
	offset := argInteger(args, 0)
	return func(t *txn.Txn, s *Sample) bool {
		n := s.Int + offset
		d, ok := dateOf(n/unit, 0, time.UTC)
		if !ok {
			return false
		}
		b := appendStrftime(t.Room(64), "%a, %d %b %Y %H:%M:%S", d)
		if unit > 1 {
			b = appendInt(append(b, '.'), n%unit)
		}
		s.SetStr(t.Keep(append(b, " GMT"...)))
		return true
	}, nil
}

// maxSeconds bounds the dates that the C library can break down: the year must fit 32 bits.
const maxSeconds = 67767976233532799

// dateOf is the date of seconds since 1970, of which HAProxy keeps 55 bits; false when the C library has none.
func dateOf(seconds, offset int64, zone *time.Location) (time.Time, bool) {
	seconds = seconds&(1<<55-1) + offset
	return time.Unix(seconds, 0).In(zone), seconds <= maxSeconds && seconds >= -maxSeconds
}

func compileTime(zone func() *time.Location) func(*Env, []Arg) (ConvFunc, error) {
	return func(_ *Env, args []Arg) (ConvFunc, error) {
		format, offset := firstArg(args), argInteger(args, 1)
		return func(t *txn.Txn, s *Sample) bool {
			d, ok := dateOf(s.Int, offset, zone())
			if !ok {
				return false
			}
			s.SetStr(t.Keep(appendStrftime(t.Room(64+len(format)), format, d)))
			return true
		}, nil
	}
}
