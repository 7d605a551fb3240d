package sample

import (
	"bytes"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// What was captured for the log (configuration.txt 7.3.6, 8.8): as received, before any rule changed it.
func init() {
	RegisterFetch(
		Fetch{Name: "capture.req.hdr", Args: "integer", Out: txn.Str, Use: Request, Compile: compileCaptured(requestCaptures)},
		Fetch{Name: "capture.res.hdr", Args: "integer", Out: txn.Str, Use: Response, Compile: compileCaptured(responseCaptures)},
		Fetch{Name: "capture.req.method", Out: txn.Str, Use: Request, Func: fetchCaptureMethod},
		Fetch{Name: "capture.req.uri", Out: txn.Str, Use: Request, Func: fetchCaptureURI},
		Fetch{Name: "capture.req.ver", Out: txn.Str, Use: Request, Func: fetchCaptureVer},
		Fetch{Name: "capture.res.ver", Out: txn.Str, Use: Request, Func: fetchCaptureResVer},
		Fetch{Name: "unique-id", Out: txn.Str, Use: Internal, Func: fetchUniqueID},
	)
}

func requestCaptures(t *txn.Txn) [][]byte { return t.ReqCaptures }

func responseCaptures(t *txn.Txn) [][]byte { return t.ResCaptures }

func compileCaptured(slots func(*txn.Txn) [][]byte) func(*Env, []Arg) (FetchFunc, error) {
	return func(_ *Env, args []Arg) (FetchFunc, error) {
		i := args[0].Int
		return func(t *txn.Txn, _ *Iter, out *Sample) bool {
			list := slots(t)
			if i < 0 || i >= int64(len(list)) || list[i] == nil {
				return false
			}
			out.SetStr(list[i])
			return true
		}, nil
	}
}

func fetchCaptureMethod(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetStr(t.Log.Method)
	return len(t.Log.Method) > 0
}

func fetchCaptureURI(t *txn.Txn, _ *Iter, out *Sample) bool {
	p, ok := PathQuery(t.Log.URI)
	out.SetStr(p)
	return ok
}

var http10, http11 = []byte("HTTP/1.0"), []byte("HTTP/1.1")

func protocol(minor int) []byte {
	if minor == 0 {
		return http10
	}
	return http11
}

func fetchCaptureVer(t *txn.Txn, _ *Iter, out *Sample) bool {
	if !hasRequest(t) {
		return false
	}
	out.SetStr(http11)
	if bytes.Equal(t.Log.Version, http10) {
		out.SetStr(http10)
	}
	return true
}

func fetchCaptureResVer(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetStr(protocol(t.Res.Minor))
	return t.InResponse
}

func fetchUniqueID(t *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetStr(t.UniqueID)
	return len(t.UniqueID) > 0
}
