//lint:file-ignore ST1005 the texts are HAProxy's, word for word

package sample

import (
	"fmt"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Variables (configuration.txt 7.3.2, "var").
func init() {
	RegisterFetch(Fetch{Name: "var", Args: "string[,string]", Out: Any, Use: Internal, Compile: compileVar})
}

var varScopes = map[string]txn.Scope{
	"proc": txn.Proc, "sess": txn.Sess, "txn": txn.Trans, "req": txn.Req, "res": txn.Res, "check": txn.Check,
}

// ParseVar reads "scope.name" and gives the variable's number.
func ParseVar(name string) (txn.Scope, int, error) {
	if name == "" {
		return 0, 0, fmt.Errorf("Empty variable name cannot be accepted")
	}
	word, rest, _ := strings.Cut(name, ".")
	sc, ok := varScopes[word]
	if !ok || rest == "" {
		return 0, 0, fmt.Errorf("invalid variable name '%s'. A variable name must be start by its scope. "+
			"The scope can be 'proc', 'sess', 'txn', 'req', 'res' or 'check'", name)
	}
	for i := range len(rest) {
		if !isVarByte(rest[i]) {
			return 0, 0, fmt.Errorf("invalid syntax at char '%s'", rest[i:])
		}
	}
	return sc, txn.VarID(rest), nil
}

func isVarByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '.'
}

func compileVar(_ *Env, args []Arg) (FetchFunc, error) {
	sc, id, err := ParseVar(args[0].Str)
	if err != nil {
		return nil, err
	}
	if len(args) == 1 {
		return func(t *txn.Txn, _ *Iter, out *Sample) bool { return t.Var(sc, id, out) }, nil
	}
	other := []byte(args[1].Str)
	return func(t *txn.Txn, _ *Iter, out *Sample) bool {
		if !t.Var(sc, id, out) {
			out.SetStr(other)
		}
		return true
	}, nil
}
