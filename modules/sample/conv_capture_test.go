package sample

import (
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func TestCaptureConverter(t *testing.T) {
	env := &Env{Captures: &Captures{Request: []CaptureSlot{{Len: 4}}}}
	tx := &txn.Txn{ReqCaptures: make([][]byte, 1)}
	for _, row := range []struct {
		expr, value, kept string
		ok                bool
	}{
		{"str(abcdef),capture-req(0)", "abcdef", "abcd", true},
		{"str(ab),capture-req(0),upper", "AB", "ab", true},
		{"str(x),capture-req(1)", "", "ab", false},
		{"str(x),capture-req(-1)", "", "ab", false},
		{"str(x),capture-res(0)", "", "ab", false},
	} {
		e, err := Compile(env, row.expr)
		if err != nil {
			t.Fatal(err)
		}
		var s Sample
		ok := e.Eval(tx, nil, &s)
		if ok != row.ok || ok && string(s.Bytes) != row.value || string(tx.ReqCaptures[0]) != row.kept {
			t.Errorf("%s: %q %v, kept %q", row.expr, s.Bytes, ok, tx.ReqCaptures[0])
		}
	}
}
