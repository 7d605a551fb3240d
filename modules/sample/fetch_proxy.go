package sample

import "github.com/caddy-haproxy/caddy-haproxy/modules/txn"

// Frontends, backends and servers (configuration.txt 7.3.2, 7.3.3).
func init() {
	for name, read := range map[string]func(txn.Proxy) int64{
		"fe_conn":      txn.Proxy.Conns,
		"fe_sess_rate": txn.Proxy.SessRate,
		"fe_req_rate":  txn.Proxy.ReqRate,
	} {
		RegisterFetch(Fetch{Name: name, Args: "[frontend]", Out: txn.Int, Use: InternalLive, Compile: compileFrontend(read)})
	}
	for name, read := range map[string]func(txn.Backend) int64{
		"be_conn":      txn.Backend.Conns,
		"be_sess_rate": txn.Backend.SessRate,
		"nbsrv":        txn.Backend.UsableServers,
		"queue":        txn.Backend.QueueLen,
		"avg_queue":    txn.Backend.AvgQueue,
		"connslots":    txn.Backend.FreeSlots,
		"be_conn_free": freeConns,
	} {
		RegisterFetch(Fetch{Name: name, Args: "[backend]", Out: txn.Int, Use: InternalLive, Compile: compileBackend(read)})
	}
	for name, read := range map[string]func(txn.Server) int64{
		"srv_conn":      txn.Server.Conns,
		"srv_conn_free": txn.Server.ConnFree,
		"srv_sess_rate": txn.Server.SessRate,
		"srv_queue":     txn.Server.QueueLen,
		"srv_weight":    txn.Server.Weight,
		"srv_iweight":   txn.Server.InitWeight,
		"srv_uweight":   txn.Server.UserWeight,
	} {
		RegisterFetch(Fetch{Name: name, Args: "server", Out: txn.Int, Use: InternalLive, Compile: compileServer(read)})
	}
	RegisterFetch(
		Fetch{Name: "srv_is_up", Args: "server", Out: txn.Bool, Use: InternalLive, Compile: compileServerUp},
		Fetch{Name: "fe_id", Out: txn.Int, Use: Frontend, Func: fetchFrontendID},
		Fetch{Name: "fe_name", Out: txn.Str, Use: Frontend, Func: fetchFrontendName},
		Fetch{Name: "be_id", Out: txn.Int, Use: Backend, Func: fetchBackendID},
		Fetch{Name: "be_name", Out: txn.Str, Use: Backend, Func: fetchBackendName},
		Fetch{Name: "srv_id", Out: txn.Int, Use: Server, Func: fetchServerID},
		Fetch{Name: "srv_name", Out: txn.Str, Use: Server, Func: fetchServerName},
	)
}

// compileFrontend reads a number of the named frontend, or of the one that the session came in by.
func compileFrontend(read func(txn.Proxy) int64) func(*Env, []Arg) (FetchFunc, error) {
	return func(_ *Env, args []Arg) (FetchFunc, error) {
		named, own := args[0].Frontend, args[0].Str == ""
		return func(t *txn.Txn, _ *Iter, out *Sample) bool {
			p := named
			if p == nil && own {
				p = t.Frontend
			}
			if p == nil {
				return false
			}
			out.SetInt(read(p))
			return true
		}, nil
	}
}

func compileBackend(read func(txn.Backend) int64) func(*Env, []Arg) (FetchFunc, error) {
	return func(_ *Env, args []Arg) (FetchFunc, error) {
		named, own := args[0].Backend, args[0].Str == ""
		return func(t *txn.Txn, _ *Iter, out *Sample) bool {
			b := named
			if b == nil && own {
				b = t.Backend
			}
			if b == nil {
				return false
			}
			out.SetInt(read(b))
			return true
		}, nil
	}
}

// freeConns totals the free connections of the backend's servers; -1 when one has no limit, or the backend cannot say.
func freeConns(b txn.Backend) int64 {
	if f, ok := b.(interface{ ConnFree() int64 }); ok {
		return f.ConnFree()
	}
	return -1
}

func compileServer(read func(txn.Server) int64) func(*Env, []Arg) (FetchFunc, error) {
	return func(_ *Env, args []Arg) (FetchFunc, error) {
		s := args[0].Server
		if s == nil {
			return never, nil
		}
		return func(_ *txn.Txn, _ *Iter, out *Sample) bool {
			out.SetInt(read(s))
			return true
		}, nil
	}
}

func compileServerUp(_ *Env, args []Arg) (FetchFunc, error) {
	s := args[0].Server
	if s == nil {
		return never, nil
	}
	return func(_ *txn.Txn, _ *Iter, out *Sample) bool {
		out.SetBool(s.IsUp())
		return true
	}, nil
}

func fetchFrontendID(t *txn.Txn, _ *Iter, out *Sample) bool {
	if t.Frontend == nil {
		return false
	}
	out.SetInt(int64(t.Frontend.ID()))
	return true
}

func fetchFrontendName(t *txn.Txn, _ *Iter, out *Sample) bool {
	if t.Frontend == nil {
		return false
	}
	out.SetStr(constBytes(t.Frontend.Name()))
	return true
}

// currentBackend is the chosen backend, before that the proxy the session came in by.
func currentBackend(t *txn.Txn) txn.Proxy {
	if t.Backend != nil {
		return t.Backend
	}
	return t.Frontend
}

func fetchBackendID(t *txn.Txn, _ *Iter, out *Sample) bool {
	p := currentBackend(t)
	if p == nil {
		return false
	}
	out.SetInt(int64(p.ID()))
	return true
}

func fetchBackendName(t *txn.Txn, _ *Iter, out *Sample) bool {
	p := currentBackend(t)
	if p == nil {
		return false
	}
	out.SetStr(constBytes(p.Name()))
	return true
}

func fetchServerID(t *txn.Txn, _ *Iter, out *Sample) bool {
	if t.Server == nil {
		return false
	}
	out.SetInt(int64(t.Server.ID()))
	return true
}

func fetchServerName(t *txn.Txn, _ *Iter, out *Sample) bool {
	if t.Server == nil {
		return false
	}
	out.SetStr(constBytes(t.Server.Name()))
	return true
}
