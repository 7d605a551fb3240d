package sample

import "github.com/caddy-haproxy/caddy-haproxy/modules/txn"

// The request's body, as far as it is buffered (configuration.txt 7.3.6; see http-request wait-for-body and option
// http-buffer-request).
func init() {
	RegisterFetch(
		Fetch{Name: "req.body", Out: txn.Bin, Use: RequestHdr, Func: fetchBody},
		Fetch{Name: "req.body_len", Out: txn.Int, Use: RequestHdr, Func: fetchBodyLen},
		Fetch{Name: "req.body_size", Out: txn.Int, Use: RequestHdr, Func: fetchBodySize},
	)
}

func fetchBody(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetBin(t.Body)
	return hasRequest(t)
}

func fetchBodyLen(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetInt(int64(len(t.Body)))
	return hasRequest(t)
}

// fetchBodySize is what Content-Length announces, else what is there.
func fetchBodySize(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetInt(max(t.Req.ContentLength, int64(len(t.Body))))
	return hasRequest(t)
}
