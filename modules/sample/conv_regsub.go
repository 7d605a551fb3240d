package sample

import (
	"fmt"

	"github.com/caddy-haproxy/caddy-haproxy/modules/regex"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Replacement (configuration.txt 7.3.1, "regsub").
func init() {
	RegisterConv(Conv{Name: "regsub", Args: "regex,string[,string]", In: txn.Str, Out: txn.Str, Compile: compileRegsub})
}

func compileRegsub(_ *Env, args []Arg) (ConvFunc, error) {
	var all, icase bool
	if len(args) > 2 {
		for _, c := range args[2].Str {
			switch c {
			case 'g':
				all = true
			case 'i':
				icase = true
			default:
				return nil, fmt.Errorf("invalid regex flag '%c', only 'i' and 'g' are supported", c)
			}
		}
	}
	if args[0].Str == "" {
		return nil, fmt.Errorf("missing regex")
	}
	re, err := regex.Compile(args[0].Str, icase)
	if err != nil {
		return nil, err
	}
	tmpl := []byte(args[1].Str)
	return func(t *txn.Txn, s *Sample) bool {
		b, err := re.AppendReplace(t.Room(2*len(s.Bytes)+len(tmpl)), s.Bytes, tmpl, all)
		s.SetStr(t.Keep(b))
		return err == nil
	}, nil
}
