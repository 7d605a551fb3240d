package sample

import (
	"math"
	"math/bits"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Integer arithmetic (configuration.txt 7.3.1): what overflows saturates.
func init() {
	for name, op := range map[string]func(a, b int64) int64{
		"add": addInt, "sub": subInt, "mul": mulInt, "div": divInt, "mod": modInt,
		"and": func(a, b int64) int64 { return a & b },
		"or":  func(a, b int64) int64 { return a | b },
		"xor": func(a, b int64) int64 { return a ^ b },
	} {
		RegisterConv(Conv{Name: name, Args: "string", In: txn.Int, Out: txn.Int, Compile: compileMath(op)})
	}
	RegisterConv(
		Conv{Name: "neg", In: txn.Int, Out: txn.Int, Func: convNeg},
		Conv{Name: "cpl", In: txn.Int, Out: txn.Int, Func: convCpl},
		Conv{Name: "not", In: txn.Int, Out: txn.Bool, Func: intTest(func(n int64) bool { return n == 0 })},
		Conv{Name: "bool", In: txn.Int, Out: txn.Bool, Func: intTest(func(n int64) bool { return n != 0 })},
		Conv{Name: "odd", In: txn.Int, Out: txn.Bool, Func: intTest(func(n int64) bool { return n&1 != 0 })},
		Conv{Name: "even", In: txn.Int, Out: txn.Bool, Func: intTest(func(n int64) bool { return n&1 == 0 })},
	)
}

func compileMath(op func(a, b int64) int64) func(*Env, []Arg) (ConvFunc, error) {
	return func(_ *Env, args []Arg) (ConvFunc, error) {
		o, err := parseOperand(args)
		if err != nil {
			return nil, err
		}
		return func(t *txn.Txn, s *Sample) bool {
			n, ok := o.value(t)
			if ok {
				s.Int = op(s.Int, n)
			}
			return ok
		}, nil
	}
}

// addInt saturates. Two negative numbers give the smallest integer when their sum overflows, and else, as the binary has
// it, the largest.
func addInt(a, b int64) int64 {
	switch {
	case a < 0 && b < 0:
		return saturated(a < math.MinInt64-b)
	case a >= 0 && b >= 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	}
	return a + b
}

// subInt adds the opposite, which the smallest integer does not have.
func subInt(a, b int64) int64 {
	if b != math.MinInt64 {
		return addInt(a, -b)
	}
	if a >= 0 {
		return math.MaxInt64
	}
	return a - b
}

func mulInt(a, b int64) int64 {
	neg := (a < 0) != (b < 0)
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if hi != 0 || lo > math.MaxInt64 {
		return saturated(neg)
	}
	if neg {
		return -int64(lo)
	}
	return int64(lo)
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

func saturated(neg bool) int64 {
	if neg {
		return math.MinInt64
	}
	return math.MaxInt64
}

// divInt gives the largest integer for a division by 0, and where the quotient does not fit.
func divInt(a, b int64) int64 {
	if b == 0 || a == math.MinInt64 && b == -1 {
		return math.MaxInt64
	}
	return a / b
}

// modInt gives 0 for a division by 0.
func modInt(a, b int64) int64 {
	if b == 0 || b == -1 {
		return 0
	}
	return a % b
}

func convNeg(_ *txn.Txn, s *Sample) bool {
	if s.Int == math.MinInt64 {
		s.Int = math.MaxInt64
	} else {
		s.Int = -s.Int
	}
	return true
}

func convCpl(_ *txn.Txn, s *Sample) bool {
	s.Int = ^s.Int
	return true
}

func intTest(test func(int64) bool) ConvFunc {
	return func(_ *txn.Txn, s *Sample) bool {
		s.SetBool(test(s.Int))
		return true
	}
}
