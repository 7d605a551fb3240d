package sample

import "github.com/caddy-haproxy/caddy-haproxy/modules/txn"

// What a rule written for TLS needs on a clear connection (configuration.txt 7.3.4).
func init() {
	RegisterFetch(
		Fetch{Name: "ssl_fc", Out: txn.Bool, Use: ClientTLS, Func: fetchSSL},
		Fetch{Name: "ssl_fc_sni", Out: txn.Str, Use: ClientTLS, Func: never},
		Fetch{Name: "ssl_bc", Out: txn.Bool, Use: ServerTLS, Func: fetchServerSSL},
	)
}

func fetchSSL(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetBool(t.Conn != nil && t.Conn.SSL)
	return t.Conn != nil
}

func fetchServerSSL(_ *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetBool(false)
	return true
}
