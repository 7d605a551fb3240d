package action

import (
	"github.com/caddy-haproxy/caddy-haproxy/modules/logformat"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// value is a compiled format string (configuration.txt 8.2.6). One without variables costs nothing at run time.
type value struct {
	text   []byte
	format *logformat.Format // nil when text is all
}

func (v *value) compile(env *sample.Env, text string) error {
	return v.compileKind(env, text, logformat.String)
}

func (v *value) compileKind(env *sample.Env, text string, kind logformat.Kind) error {
	f, err := logformat.Compile(env, text, logformat.Options{Kind: kind})
	if err != nil {
		return err
	}
	if b, ok := f.Const(); ok {
		*v = value{text: b}
		return nil
	}
	*v = value{format: f}
	return nil
}

// eval is the text for t. It stays valid until the transaction ends; it must not be modified.
func (v *value) eval(t *txn.Txn) []byte {
	if v.format == nil {
		return v.text
	}
	return t.Take(v.format.Append(t.Buffer(), t))
}
