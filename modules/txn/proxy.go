package txn

// Proxy is what expressions and logs may ask of a frontend or a backend at run time.
type Proxy interface {
	Name() string
	ID() int
	// Conns is the number of concurrent sessions (fe_conn, be_conn).
	Conns() int64
	// ConnLimit is the configured or inherited maxconn, 0 without a limit.
	ConnLimit() int64
	// SessRate, ConnRate, ReqRate are events in the last second (fe_sess_rate, be_sess_rate, fe_conn_rate, fe_req_rate).
	SessRate() int64
	ConnRate() int64
	ReqRate() int64
}

// Backend is what expressions and logs may ask of a backend.
type Backend interface {
	Proxy
	// UsableServers is HAProxy's nbsrv: active usable servers, or the backup ones in use.
	UsableServers() int64
	// QueueLen is the length of the backend's own queue plus its servers' queues (queue), QueueOwn the former alone.
	QueueLen() int64
	QueueOwn() int64
	// AvgQueue is the total queue divided by the number of active servers, rounded up (avg_queue).
	AvgQueue() int64
	// FreeSlots is connslots: connections and queue places that the servers still have; -1 when one has no limit.
	FreeSlots() int64
	// TotalWeight is the weight of the usable servers (be_tot_weight... stats weight).
	TotalWeight() int64
	// Server finds a server by name, nil if there is none.
	Server(name string) Server
}

// Server is what expressions and logs may ask of a server.
type Server interface {
	Name() string
	ID() int
	Conns() int64      // srv_conn: sessions on it
	ConnFree() int64   // srv_conn_free, -1 without a limit
	SessRate() int64   // srv_sess_rate
	IsUp() bool        // srv_is_up: up or not checked, not in maintenance
	QueueLen() int64   // srv_queue
	Weight() int64     // srv_weight (effective)
	InitWeight() int64 // srv_iweight
	UserWeight() int64 // srv_uweight
}
