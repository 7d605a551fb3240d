package stats

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// allowed tells whether the request names a user with the right password (stats auth).
func (p *Page) allowed(t *txn.Txn) bool {
	if len(p.Users) == 0 {
		return true
	}
	i := t.Req.Headers.Find("authorization", 0)
	if i < 0 {
		return false
	}
	scheme, text, ok := bytes.Cut(t.Req.Headers[i].Value, []byte(" "))
	if !ok || !bytes.EqualFold(scheme, []byte("basic")) {
		return false
	}
	pair, err := base64.StdEncoding.DecodeString(string(bytes.TrimLeft(text, " ")))
	if err != nil {
		return false
	}
	user, password, ok := bytes.Cut(pair, []byte(":"))
	if !ok {
		return false
	}
	want, known := p.Users[string(user)]
	return same(password, []byte(want)) && known
}

// same compares in a time that tells nothing about where two texts differ.
func same(a, b []byte) bool {
	x, y := sha256.Sum256(a), sha256.Sum256(b)
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
