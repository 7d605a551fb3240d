package txn

import "time"

// Record is what a log line says beyond the heads: filled by the engine while the transaction runs
// (configuration.txt 8.2.3 to 8.5). A zero time means that the event has not happened: the timer is -1.
type Record struct {
	// Line is the request line as received ("GET / HTTP/1.1"; one blank between the parts), cut to 1023 bytes, one less than
	// tune.http.logurilen; nil for a bad or missing request (<BADREQ>). %HM %HP %HPO %HQ %HU %HV are cut out of it.
	Line []byte
	// Method, URI, Version are its parts as received (%HM %HU %HV).
	Method, URI, Version []byte

	Start        time.Time // first byte of the request seen, or accept for the first request (%tr and origin of %Ti)
	Idle         time.Time // when waiting for this request began: accept, or the end of the previous transaction
	RequestDone  time.Time // request head complete (%TR ends)
	QueueDone    time.Time // a server slot was got (%Tw ends)
	Connected    time.Time // connection to the server established or reused (%Tc ends)
	ResponseHead time.Time // response head complete (%Tr ends)
	End          time.Time // the last byte went out (%Ta, %Tt end)

	Status   int   // %ST; 0 prints as -1, a negative one as 0: what error-log-format shows of a connection without a request
	BytesIn  int64 // %U: from the client
	BytesOut int64 // %B: to the client

	Retries      int
	Redispatched bool // prints + before the retries
	SrvQueuePos  int  // %sq
	BeQueuePos   int  // %bq

	// Counter is the process-wide number of this request, from 0 (%rt): one is taken for each request that is waited for.
	Counter uint32
	// LogCounter is the number of log lines the frontend has sent before this one (%lc).
	LogCounter uint32

	// Counters as they stand when the line is written.
	ActConn, FeConn, BeConn, SrvConn int64

	// Termination state: %tsc is these four bytes, %ts the first two. A zero byte prints as '-'.
	Cause, Phase, CookieIn, CookieOut byte

	// ServerName is what %s prints when no server was used: <NOSRV>, <STATS>, ...; empty takes the txn's Server or <NOSRV>.
	ServerName string
	// Asap is set when the line is written before the end (option logasap): %Tt and %B print with a +.
	Asap bool
	// Error marks what option dontlog-normal and log-separate-errors look at.
	Error bool
	// Null says that the client sent nothing: option dontlognull looks at it.
	Null bool
}
