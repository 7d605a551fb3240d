package integration

// differences are the exchanges, by test and name, whose outcome differs from HAProxy's, with the reason. An exchange on
// this list that no longer differs fails its test.
var differences = map[string]string{
	"TestReuse/two at once, then one, then two": "of several idle connections HAProxy takes the one that has waited longest; here it is the one that was used last, " +
		"so that those that are too many grow old and are closed",
	"TestOdd/length and chunked": "a server that was sent both Content-Length and Transfer-Encoding may have taken the request to end elsewhere: " +
		"its connection is not used again, HAProxy keeps it",
	"TestCorpus/request_framing/cl uint64 max":                          tooLong,
	"TestCorpus/request_framing/cl uint64 overflow":                     tooLong,
	"TestCorpus/response_framing/cl overflow":                           tooLong,
	"TestCorpus/response_framing/cl overflow, then close":               tooLong,
	"TestCorpus/response_framing/1.0 cl overflow, then close":           tooLong,
	"TestCorpus/response_framing/client 1.0: cl overflow, then close":   tooLong,
	"TestCorpus/response_framing/cl uint64 max":                         tooLong,
	"TestCorpus/response_framing/cl uint64 max, then close":             tooLong,
	"TestCorpus/response_framing/1.0 cl uint64 max, then close":         tooLong,
	"TestCorpus/response_framing/client 1.0: cl uint64 max, then close": tooLong,
	"TestCorpus/connection/up: connect te refused": "HAProxy keeps the body of a refused CONNECT back and then takes it for the next " +
		"request, which it answers with 400; here the server gets the body that was announced to it",
	"TestCorpus/response_framing/te and cl in 20": belowHundred,
	"TestCorpus/response_framing/status 20 te":    belowHundred,
}

const (
	tooLong      = "HAProxy reads 2^64 as 0 and forwards it, which lets a body pass for another message; refused here"
	belowHundred = "HAProxy strips the framing of a chunked response with a status below 100, so that its end cannot be told; refused here"
)
