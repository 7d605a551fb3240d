package sample

// Where is a set of places in a configuration where an expression can stand: the columns of `haproxy -dKsmp`.
type Where uint32

// The places. "FE" is a rule of a frontend, "BE" one of a backend; a rule of a listen section is both.
const (
	FEConn      Where = 1 << iota // tcp-request connection
	FESess                        // tcp-request session
	FEReqRaw                      // tcp-request content
	FEReq                         // http-request, redirect
	FEReqBody                     // http-request, once the body is there
	FEUse                         // use_backend
	BEReqRaw                      // tcp-request content
	BEReq                         // http-request, redirect
	BEReqBody                     // http-request, once the body is there
	BESet                         // use-server, balance, stick match
	SrvSource                     // server source selection, sni
	BEResRaw                      // tcp-response content
	BERes                         // http-response, http-after-response
	BEResBody                     // http-response, once the body is there
	StickStore                    // stick store
	FEResRaw                      // tcp-response content
	FERes                         // http-response, http-after-response
	FEResBody                     // http-response, once the body is there
	Log                           // log-format
	Check                         // tcp-check, http-check
	ConfigParse                   // global section
	CLI                           // command line
)

const (
	anywhere  = CLI<<1 - 1
	requests  = FEReqRaw | FEReq | FEReqBody | FEUse | BEReqRaw | BEReq | BEReqBody | BESet | SrvSource
	responses = BEResRaw | BERes | BEResBody | StickStore | FEResRaw | FERes | FEResBody
	afterConn = requests | responses | FEConn | FESess
	backends  = BEReqRaw | BEReq | BEReqBody | BESet | SrvSource | responses | Log
)

// Use is what a fetch looks at, and so where it can be used.
type Use struct {
	// Name is how HAProxy's error messages call it.
	Name  string
	Where Where
}

// The uses of the fetches, with the columns that `haproxy -dKsmp` of 2.6 gives them.
var (
	Internal     = Use{"internal state", anywhere}
	InternalLive = Use{"internal state", anywhere &^ ConfigParse}
	Frontend     = Use{"frontend", afterConn | Log}
	Client       = Use{"client address", afterConn | Log | Check}
	ClientTLS    = Use{"client-side connection", afterConn&^FEConn | Log}
	Request      = Use{"HTTP request", requests | responses | Log}
	RequestHdr   = Use{"HTTP request headers", requests}
	EitherHdr    = Use{"HTTP request headers,HTTP response headers", requests | responses | Check}
	Backend      = Use{"backend", backends | Check}
	Server       = Use{"server", SrvSource | responses | Log | Check}
	ServerConn   = Use{"server address", responses | Log | Check}
	ServerTLS    = Use{"server-side connection", responses | Log | Check}
	ResponseHdr  = Use{"HTTP response headers", responses | Check}
	Response     = Use{"HTTP response", responses | Log | Check}
)
