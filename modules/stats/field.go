package stats

// field is a column of `show stat` (management.txt 9.1) by its position.
type field uint8

// The columns in HAProxy's order. Those from fSslSess on belong to HAProxy's own modules; a lone "-" stands before them
// in the CSV form.
const (
	fPxname field = iota
	fSvname
	fQcur
	fQmax
	fScur
	fSmax
	fSlim
	fStot
	fBin
	fBout
	fDreq
	fDresp
	fEreq
	fEcon
	fEresp
	fWretr
	fWredis
	fStatus
	fWeight
	fAct
	fBck
	fChkfail
	fChkdown
	fLastchg
	fDowntime
	fQlimit
	fPid
	fIid
	fSid
	fThrottle
	fLbtot
	fTracked
	fType
	fRate
	fRateLim
	fRateMax
	fCheckStatus
	fCheckCode
	fCheckDuration
	fHrsp1xx
	fHrsp2xx
	fHrsp3xx
	fHrsp4xx
	fHrsp5xx
	fHrspOther
	fHanafail
	fReqRate
	fReqRateMax
	fReqTot
	fCliAbrt
	fSrvAbrt
	fCompIn
	fCompOut
	fCompByp
	fCompRsp
	fLastsess
	fLastChk
	fLastAgt
	fQtime
	fCtime
	fRtime
	fTtime
	fAgentStatus
	fAgentCode
	fAgentDuration
	fCheckDesc
	fAgentDesc
	fCheckRise
	fCheckFall
	fCheckHealth
	fAgentRise
	fAgentFall
	fAgentHealth
	fAddr
	fCookie
	fMode
	fAlgo
	fConnRate
	fConnRateMax
	fConnTot
	fIntercepted
	fDcon
	fDses
	fWrew
	fConnect
	fReuse
	fCacheLookups
	fCacheHits
	fSrvIcur
	fSrcIlim
	fQtimeMax
	fCtimeMax
	fRtimeMax
	fTtimeMax
	fEint
	fIdleConnCur
	fSafeConnCur
	fUsedConnCur
	fNeedConnEst
	fUweight
	fAggServerStatus
	fAggServerCheckStatus
	fAggCheckStatus
	fSslSess
	fSslReusedSess
	fSslFailedHandshake
	fH2HeadersRcvd
	fH2DataRcvd
	fH2SettingsRcvd
	fH2RstStreamRcvd
	fH2GoawayRcvd
	fH2DetectedConnProtocolErrors
	fH2DetectedStrmProtocolErrors
	fH2RstStreamResp
	fH2GoawayResp
	fH2OpenConnections
	fH2BackendOpenStreams
	fH2TotalConnections
	fH2BackendTotalStreams
	fH1OpenConnections
	fH1OpenStreams
	fH1TotalConnections
	fH1TotalStreams
	fH1BytesIn
	fH1BytesOut
	fH1SplicedBytesIn
	fH1SplicedBytesOut
	fieldCount
)

// column describes a field: its name, the tag of the typed format (origin, nature and scope: management.txt 9.2), the type
// of its value, and HAProxy's words about it.
type column struct {
	name, tag string
	typ       valueType
	desc      string
}

var columns = [fieldCount]column{
	fPxname:                       {"pxname", "KNS", str, "Proxy name"},
	fSvname:                       {"svname", "KNS", str, "Server name"},
	fQcur:                         {"qcur", "MGP", u32, "Number of current queued connections"},
	fQmax:                         {"qmax", "MMP", u32, "Highest value of queued connections encountered since process started"},
	fScur:                         {"scur", "MGP", u32, "Number of current sessions on the frontend, backend or server"},
	fSmax:                         {"smax", "MMP", u32, "Highest value of current sessions encountered since process started"},
	fSlim:                         {"slim", "CLP", u32, "Frontend/listener/server's maxconn, backend's fullconn"},
	fStot:                         {"stot", "MCP", u64, "Total number of sessions since process started"},
	fBin:                          {"bin", "MCP", u64, "Total number of request bytes since process started"},
	fBout:                         {"bout", "MCP", u64, "Total number of response bytes since process started"},
	fDreq:                         {"dreq", "MCP", u64, "Total number of denied requests since process started"},
	fDresp:                        {"dresp", "MCP", u64, "Total number of denied responses since process started"},
	fEreq:                         {"ereq", "MCP", u64, "Total number of invalid requests since process started"},
	fEcon:                         {"econ", "MCP", u64, "Total number of failed connections to server since the worker process started"},
	fEresp:                        {"eresp", "MCP", u64, "Total number of invalid responses since the worker process started"},
	fWretr:                        {"wretr", "MCP", u64, "Total number of server connection retries since the worker process started"},
	fWredis:                       {"wredis", "MCP", u64, "Total number of server redispatches due to connection failures since the worker process started"},
	fStatus:                       {"status", "SGP", str, "Frontend/listen status: OPEN/WAITING/FULL/STOP; backend: UP/DOWN; server: last check status"},
	fWeight:                       {"weight", "MaP", u32, "Server's effective weight, or sum of active servers' effective weights for a backend"},
	fAct:                          {"act", "MGP", u32, "Total number of active UP servers with a non-zero weight"},
	fBck:                          {"bck", "MGP", u32, "Total number of backup UP servers with a non-zero weight"},
	fChkfail:                      {"chkfail", "MCP", u64, "Total number of failed individual health checks per server/backend, since the worker process started"},
	fChkdown:                      {"chkdown", "MCP", u64, "Total number of failed checks causing UP to DOWN server transitions, per server/backend, since the worker process started"},
	fLastchg:                      {"lastchg", "MAP", u32, "How long ago the last server state changed, in seconds"},
	fDowntime:                     {"downtime", "MCP", u32, "Total time spent in DOWN state, for server or backend"},
	fQlimit:                       {"qlimit", "CGS", u32, "Limit on the number of connections in queue, for servers only (maxqueue argument)"},
	fPid:                          {"pid", "KGP", u32, "Relative worker process number (1)"},
	fIid:                          {"iid", "KGS", u32, "Frontend or Backend numeric identifier ('id' setting)"},
	fSid:                          {"sid", "KGS", u32, "Server numeric identifier ('id' setting)"},
	fThrottle:                     {"throttle", "MaP", u32, ""},
	fLbtot:                        {"lbtot", "MCP", u64, "Total number of requests routed by load balancing since the worker process started (ignores queue pop and stickiness)"},
	fTracked:                      {"tracked", "CNP", str, ""},
	fType:                         {"type", "CGS", u32, "Type of the object (Listener, Frontend, Backend, Server)"},
	fRate:                         {"rate", "MRP", u32, "Total number of sessions processed by this object over the last second (sessions for listeners/frontends, requests for backends/servers)"},
	fRateLim:                      {"rate_lim", "CLP", u32, "Limit on the number of sessions accepted in a second (frontend only, 'rate-limit sessions' setting)"},
	fRateMax:                      {"rate_max", "MMP", u32, "Highest value of sessions per second observed since the worker process started"},
	fCheckStatus:                  {"check_status", "MOP", str, "Status report of the server's latest health check, prefixed with '*' if a check is currently in progress"},
	fCheckCode:                    {"check_code", "MOP", u32, "HTTP/SMTP/LDAP status code reported by the latest server health check"},
	fCheckDuration:                {"check_duration", "MDP", u64, "Total duration of the latest server health check, in milliseconds"},
	fHrsp1xx:                      {"hrsp_1xx", "MCP", u64, "Total number of HTTP responses with status 100-199 returned by this object since the worker process started"},
	fHrsp2xx:                      {"hrsp_2xx", "MCP", u64, "Total number of HTTP responses with status 200-299 returned by this object since the worker process started"},
	fHrsp3xx:                      {"hrsp_3xx", "MCP", u64, "Total number of HTTP responses with status 300-399 returned by this object since the worker process started"},
	fHrsp4xx:                      {"hrsp_4xx", "MCP", u64, "Total number of HTTP responses with status 400-499 returned by this object since the worker process started"},
	fHrsp5xx:                      {"hrsp_5xx", "MCP", u64, "Total number of HTTP responses with status 500-599 returned by this object since the worker process started"},
	fHrspOther:                    {"hrsp_other", "MCP", u64, "Total number of HTTP responses with status <100, >599 returned by this object since the worker process started (error -1 included)"},
	fHanafail:                     {"hanafail", "MOP", str, ""},
	fReqRate:                      {"req_rate", "MRP", u32, "Number of HTTP requests processed over the last second on this object"},
	fReqRateMax:                   {"req_rate_max", "MMP", u32, "Highest value of http requests observed since the worker process started"},
	fReqTot:                       {"req_tot", "MCP", u64, "Total number of HTTP requests processed by this object since the worker process started"},
	fCliAbrt:                      {"cli_abrt", "MCP", u64, "Total number of requests or connections aborted by the client since the worker process started"},
	fSrvAbrt:                      {"srv_abrt", "MCP", u64, "Total number of requests or connections aborted by the server since the worker process started"},
	fCompIn:                       {"comp_in", "MCP", u64, "Total number of bytes submitted to the HTTP compressor for this object since the worker process started"},
	fCompOut:                      {"comp_out", "MCP", u64, "Total number of bytes emitted by the HTTP compressor for this object since the worker process started"},
	fCompByp:                      {"comp_byp", "MCP", u64, "Total number of bytes that bypassed HTTP compression for this object since the worker process started (CPU/memory/bandwidth limitation)"},
	fCompRsp:                      {"comp_rsp", "MCP", u64, "Total number of HTTP responses that were compressed for this object since the worker process started"},
	fLastsess:                     {"lastsess", "MAP", s32, "How long ago some traffic was seen on this object on this worker process, in seconds"},
	fLastChk:                      {"last_chk", "MOP", str, "Short description of the latest health check report for this server (see also check_desc)"},
	fLastAgt:                      {"last_agt", "MOP", str, ""},
	fQtime:                        {"qtime", "MaP", u32, "Time spent in the queue, in milliseconds, averaged over the 1024 last requests (backend/server)"},
	fCtime:                        {"ctime", "MaP", u32, "Time spent waiting for a connection to complete, in milliseconds, averaged over the 1024 last requests (backend/server)"},
	fRtime:                        {"rtime", "MaP", u32, "Time spent waiting for a server response, in milliseconds, averaged over the 1024 last requests (backend/server)"},
	fTtime:                        {"ttime", "MaP", u32, "Total request+response time (request+queue+connect+response+processing), in milliseconds, averaged over the 1024 last requests (backend/server)"},
	fAgentStatus:                  {"agent_status", "MOP", str, ""},
	fAgentCode:                    {"agent_code", "MOP", str, ""},
	fAgentDuration:                {"agent_duration", "MDP", u64, ""},
	fCheckDesc:                    {"check_desc", "MOP", str, "Textual description of the latest health check report for this server"},
	fAgentDesc:                    {"agent_desc", "MOP", str, ""},
	fCheckRise:                    {"check_rise", "CGS", u32, "Number of successful health checks before declaring a server UP (server 'rise' setting)"},
	fCheckFall:                    {"check_fall", "CGS", u32, "Number of failed health checks before declaring a server DOWN (server 'fall' setting)"},
	fCheckHealth:                  {"check_health", "CGS", u32, "Current server health check level (0..fall-1=DOWN, fall..rise-1=UP)"},
	fAgentRise:                    {"agent_rise", "CGS", u32, ""},
	fAgentFall:                    {"agent_fall", "CGS", u32, ""},
	fAgentHealth:                  {"agent_health", "CGS", u32, ""},
	fAddr:                         {"addr", "CGS", str, "Server's address:port, shown only if show-legends is set, or at levels oper/admin for the CLI"},
	fCookie:                       {"cookie", "CNS", str, "Backend's cookie name or Server's cookie value, shown only if show-legends is set, or at levels oper/admin for the CLI"},
	fMode:                         {"mode", "CGS", str, "'mode' setting (tcp/http/health/cli)"},
	fAlgo:                         {"algo", "CGS", str, "Backend's load balancing algorithm, shown only if show-legends is set, or at levels oper/admin for the CLI"},
	fConnRate:                     {"conn_rate", "MRP", u32, "Number of new connections accepted over the last second on the frontend for this worker process"},
	fConnRateMax:                  {"conn_rate_max", "MMP", u32, "Highest value of connections per second observed since the worker process started"},
	fConnTot:                      {"conn_tot", "MCP", u64, "Total number of new connections accepted on this frontend since the worker process started"},
	fIntercepted:                  {"intercepted", "MCP", u64, "Total number of HTTP requests intercepted on the frontend (redirects/stats/services) since the worker process started"},
	fDcon:                         {"dcon", "MCP", u64, "Total number of incoming connections blocked on a listener/frontend by a tcp-request connection rule since the worker process started"},
	fDses:                         {"dses", "MCP", u64, "Total number of incoming sessions blocked on a listener/frontend by a tcp-request connection rule since the worker process started"},
	fWrew:                         {"wrew", "MCP", u64, "Total number of failed HTTP header rewrites since the worker process started"},
	fConnect:                      {"connect", "MCP", u64, "Total number of outgoing connection attempts on this backend/server since the worker process started"},
	fReuse:                        {"reuse", "MCP", u64, "Total number of reused connection on this backend/server since the worker process started"},
	fCacheLookups:                 {"cache_lookups", "MCP", u64, "Total number of HTTP requests looked up in the cache on this frontend/backend since the worker process started"},
	fCacheHits:                    {"cache_hits", "MCP", u64, "Total number of HTTP requests not found in the cache on this frontend/backend since the worker process started"},
	fSrvIcur:                      {"srv_icur", "MGP", u32, "Current number of idle connections available for reuse on this server"},
	fSrcIlim:                      {"src_ilim", "CLP", u32, "Limit on the number of available idle connections on this server (server 'pool_max_conn' directive)"},
	fQtimeMax:                     {"qtime_max", "MMP", u32, "Maximum observed time spent in the queue, in milliseconds (backend/server)"},
	fCtimeMax:                     {"ctime_max", "MMP", u32, "Maximum observed time spent waiting for a connection to complete, in milliseconds (backend/server)"},
	fRtimeMax:                     {"rtime_max", "MMP", u32, "Maximum observed time spent waiting for a server response, in milliseconds (backend/server)"},
	fTtimeMax:                     {"ttime_max", "MMP", u32, "Maximum observed total request+response time (request+queue+connect+response+processing), in milliseconds (backend/server)"},
	fEint:                         {"eint", "MCP", u64, "Total number of internal errors since process started"},
	fIdleConnCur:                  {"idle_conn_cur", "MGP", u32, "Current number of unsafe idle connections"},
	fSafeConnCur:                  {"safe_conn_cur", "MGP", u32, "Current number of safe idle connections"},
	fUsedConnCur:                  {"used_conn_cur", "MGP", u32, "Current number of connections in use"},
	fNeedConnEst:                  {"need_conn_est", "MGP", u32, "Estimated needed number of connections"},
	fUweight:                      {"uweight", "MaP", u32, "Server's user weight, or sum of active servers' user weights for a backend"},
	fAggServerStatus:              {"agg_server_status", "MGP", u32, "Backend's aggregated gauge of servers' status"},
	fAggServerCheckStatus:         {"agg_server_check_status", "MGP", u32, "Backend's aggregated gauge of servers' state check status"},
	fAggCheckStatus:               {"agg_check_status", "MGP", u32, "Backend's aggregated gauge of servers' state check status"},
	fSslSess:                      {"ssl_sess", "MCP", u64, "Total number of ssl sessions established"},
	fSslReusedSess:                {"ssl_reused_sess", "MCP", u64, "Total number of ssl sessions reused"},
	fSslFailedHandshake:           {"ssl_failed_handshake", "MCP", u64, "Total number of failed handshake"},
	fH2HeadersRcvd:                {"h2_headers_rcvd", "MCP", u64, "Total number of received HEADERS frames"},
	fH2DataRcvd:                   {"h2_data_rcvd", "MCP", u64, "Total number of received DATA frames"},
	fH2SettingsRcvd:               {"h2_settings_rcvd", "MCP", u64, "Total number of received SETTINGS frames"},
	fH2RstStreamRcvd:              {"h2_rst_stream_rcvd", "MCP", u64, "Total number of received RST_STREAM frames"},
	fH2GoawayRcvd:                 {"h2_goaway_rcvd", "MCP", u64, "Total number of received GOAWAY frames"},
	fH2DetectedConnProtocolErrors: {"h2_detected_conn_protocol_errors", "MCP", u64, "Total number of connection protocol errors"},
	fH2DetectedStrmProtocolErrors: {"h2_detected_strm_protocol_errors", "MCP", u64, "Total number of stream protocol errors"},
	fH2RstStreamResp:              {"h2_rst_stream_resp", "MCP", u64, "Total number of RST_STREAM sent on detected error"},
	fH2GoawayResp:                 {"h2_goaway_resp", "MCP", u64, "Total number of GOAWAY sent on detected error"},
	fH2OpenConnections:            {"h2_open_connections", "MGP", u64, "Count of currently open connections"},
	fH2BackendOpenStreams:         {"h2_backend_open_streams", "MGP", u64, "Count of currently open streams"},
	fH2TotalConnections:           {"h2_total_connections", "MCP", u64, "Total number of connections"},
	fH2BackendTotalStreams:        {"h2_backend_total_streams", "MCP", u64, "Total number of streams"},
	fH1OpenConnections:            {"h1_open_connections", "MGP", u64, "Count of currently open connections"},
	fH1OpenStreams:                {"h1_open_streams", "MGP", u64, "Count of currently open streams"},
	fH1TotalConnections:           {"h1_total_connections", "MCP", u64, "Total number of connections"},
	fH1TotalStreams:               {"h1_total_streams", "MCP", u64, "Total number of streams"},
	fH1BytesIn:                    {"h1_bytes_in", "MCP", u64, "Total number of bytes received"},
	fH1BytesOut:                   {"h1_bytes_out", "MCP", u64, "Total number of bytes send"},
	fH1SplicedBytesIn:             {"h1_spliced_bytes_in", "MCP", u64, "Total number of bytes received using kernel splicing"},
	fH1SplicedBytesOut:            {"h1_spliced_bytes_out", "MCP", u64, "Total number of bytes sendusing kernel splicing"},
}
