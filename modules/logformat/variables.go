package logformat

// op is what a node writes.
type op uint8

const (
	opText op = iota
	opBlank
	opReqHeaders
	opReqHeadersCLF
	opResHeaders
	opResHeadersCLF

	// fields: writer.field
	opExpr
	opBytesOut
	opBytesIn
	opReqCookie
	opResCookie
	opHostname
	opUniqueID
	opStatus
	opMethod
	opPathRaw
	opPathOnly
	opQuery
	opURI
	opVersion
	opLine
	opBackend
	opFrontend
	opFrontendTransport
	opServer
	opCipher
	opTLSVersion
	opPID
	opCounter
	opLogCounter
	opState
	opStateCookie
	opActConn
	opFeConn
	opBeConn
	opSrvConn
	opSrvQueue
	opBeQueue
	opRetries

	// timers and dates: writer.timer
	opHandshake
	opIdle
	opRequestTotal
	opRequest
	opQueue
	opConnect
	opResponse
	opData
	opActive
	opTotal
	opUser
	opTimestamp
	opMillis
	opDate
	opReqDate
	opGMTime
	opReqGMTime
	opLocalTime
	opReqLocalTime

	// addresses: writer.endpoint
	opClientIP
	opClientPort
	opFrontendIP
	opFrontendPort
	opBackendIP
	opBackendPort
	opServerIP
	opServerPort
)

type variable struct {
	op   op
	http bool // refused in mode tcp
}

// variables is the table of configuration.txt 8.2.6. The old names of HAProxy 1.x are gone in 2.6: it refuses them.
var variables = map[string]variable{
	"B": {op: opBytesOut}, "CC": {opReqCookie, true}, "CS": {opResCookie, true}, "H": {op: opHostname},
	"HM": {opMethod, true}, "HP": {opPathRaw, true}, "HPO": {opPathOnly, true}, "HQ": {opQuery, true},
	"HU": {opURI, true}, "HV": {opVersion, true}, "ID": {op: opUniqueID}, "ST": {op: opStatus}, "T": {op: opGMTime},
	"Ta": {opActive, true}, "Tc": {op: opConnect}, "Td": {op: opData}, "Tl": {op: opLocalTime}, "Th": {op: opHandshake},
	"Ti": {opIdle, true}, "Tq": {opRequestTotal, true}, "TR": {opRequest, true}, "Tr": {opResponse, true},
	"Ts": {op: opTimestamp}, "Tt": {op: opTotal}, "Tu": {op: opUser}, "Tw": {op: opQueue}, "U": {op: opBytesIn},
	"ac": {op: opActConn}, "b": {op: opBackend}, "bc": {op: opBeConn}, "bi": {op: opBackendIP}, "bp": {op: opBackendPort},
	"bq": {op: opBeQueue}, "ci": {op: opClientIP}, "cp": {op: opClientPort}, "f": {op: opFrontend}, "fc": {op: opFeConn},
	"fi": {op: opFrontendIP}, "fp": {op: opFrontendPort}, "ft": {op: opFrontendTransport}, "lc": {op: opLogCounter},
	"hr": {op: opReqHeaders}, "hrl": {op: opReqHeadersCLF}, "hs": {op: opResHeaders}, "hsl": {op: opResHeadersCLF},
	"ms": {op: opMillis}, "pid": {op: opPID}, "r": {opLine, true}, "rc": {op: opRetries}, "rt": {op: opCounter},
	"s": {op: opServer}, "sc": {op: opSrvConn}, "si": {op: opServerIP}, "sp": {op: opServerPort}, "sq": {op: opSrvQueue},
	"sslc": {op: opCipher}, "sslv": {op: opTLSVersion}, "t": {op: opDate}, "tr": {opReqDate, true},
	"trg": {opReqGMTime, true}, "trl": {opReqLocalTime, true}, "ts": {op: opState}, "tsc": {op: opStateCookie},
}
