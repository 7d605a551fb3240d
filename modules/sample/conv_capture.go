//lint:file-ignore ST1005 the texts are HAProxy's, word for word

package sample

import (
	"fmt"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Captures and debugging (configuration.txt 7.3.1: capture-req, capture-res, debug).
func init() {
	RegisterConv(
		Conv{Name: "capture-req", Args: "integer", In: txn.Str, Out: txn.Str, Compile: compileKeep(false)},
		Conv{Name: "capture-res", Args: "integer", In: txn.Str, Out: txn.Str, Compile: compileKeep(true)},
		Conv{Name: "debug", Args: "[string,string]", In: Any, Out: Same, Compile: compileDebug},
	)
}

func compileKeep(response bool) func(*Env, []Arg) (ConvFunc, error) {
	return func(env *Env, args []Arg) (ConvFunc, error) {
		id := args[0].Int
		var slots []CaptureSlot
		if env != nil && env.Captures != nil {
			slots = env.Captures.Request
			if response {
				slots = env.Captures.Response
			}
		}
		most := -1
		if id >= 0 && id < int64(len(slots)) {
			most = slots[id].Len
		}
		return func(t *txn.Txn, s *Sample) bool {
			values := t.ReqCaptures
			if response {
				values = t.ResCaptures
			}
			if id < 0 || id >= int64(len(values)) {
				return false
			}
			b := s.Bytes
			if most >= 0 && len(b) > most {
				b = b[:most]
			}
			values[id] = t.Copy(b)
			return true
		}, nil
	}
}

func compileDebug(env *Env, args []Arg) (ConvFunc, error) {
	if len(args) > 1 {
		switch args[1].Str {
		case "", "buf0", "stdout", "stderr":
		default:
			return nil, fmt.Errorf("No such sink '%s'", args[1].Str)
		}
	}
	env.warn("converter 'debug' passes its input on, but does not print it")
	return func(*txn.Txn, *Sample) bool { return true }, nil
}
