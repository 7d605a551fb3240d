package action

import (
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
)

// statuses are those that HAProxy has an error page for (configuration.txt 4.2 "errorfile").
var statuses = [...]int{200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 425, 429, 500, 501, 502, 503, 504}

// statusIndex is the place of a status in statuses, -1 when there is no page for it.
func statusIndex(status int) int {
	for i, s := range statuses {
		if s == status {
			return i
		}
	}
	return -1
}

// HasPage tells whether HAProxy has an error page for status.
func HasPage(status int) bool { return statusIndex(status) >= 0 }

// defaults are the built-in pages, in the order of statuses.
var defaults = [len(statuses)]*page{
	builtin(200, "OK", "200 OK", "Service ready."),
	closing(builtin(400, "Bad request", "400 Bad request", "Your browser sent an invalid request.")),
	builtin(401, "Unauthorized", "401 Unauthorized", "You need a valid user and password to access this content."),
	builtin(403, "Forbidden", "403 Forbidden", "Request forbidden by administrative rules."),
	builtin(404, "Not Found", "404 Not Found", "The resource could not be found."),
	builtin(405, "Method Not Allowed", "405 Method Not Allowed",
		"A request was made of a resource using a request method not supported by that resource"),
	builtin(407, "Unauthorized", "407 Unauthorized", "You need a valid user and password to access this content."),
	closing(builtin(408, "Request Time-out", "408 Request Time-out",
		"Your browser didn't send a complete request in time.")),
	builtin(410, "Gone", "410 Gone", "The resource is no longer available and will not be available again."),
	builtin(413, "Payload Too Large", "413 Payload Too Large", "The request entity exceeds the maximum allowed."),
	builtin(425, "Too Early", "425 Too Early", "Your browser sent early data."),
	builtin(429, "Too Many Requests", "429 Too Many Requests",
		"You have sent too many requests in a given amount of time."),
	builtin(500, "Internal Server Error", "500 Internal Server Error", "An internal server error occurred."),
	// The dot at the line's start is HAProxy's.
	builtin(501, "Not Implemented", "501 Not Implemented",
		".The server does not support the functionality required to fulfill the request."),
	builtin(502, "Bad Gateway", "502 Bad Gateway", "The server returned an invalid or incomplete response."),
	builtin(503, "Service Unavailable", "503 Service Unavailable", "No server is available to handle this request."),
	builtin(504, "Gateway Time-out", "504 Gateway Time-out", "The server didn't respond in time."),
}

func builtin(status int, reason, title, text string) *page {
	body := "<html><body><h1>" + title + "</h1>\n" + text + "\n</body></html>\n"
	return &page{
		status: status, reason: []byte(reason), minor: 1, length: int64(len(body)), body: []byte(body),
		headers: h1.Headers{
			{Name: nameContentLength, Value: []byte(strconv.Itoa(len(body)))},
			{Name: []byte("cache-control"), Value: []byte("no-cache")},
			{Name: nameContentType, Value: []byte("text/html")},
		},
	}
}

// closing makes a page end the connection.
func closing(p *page) *page {
	p.headers = append(p.headers, h1.Header{Name: []byte("connection"), Value: []byte("close")})
	p.conn = h1.ConnClose
	return p
}

var (
	nameContentLength = []byte("content-length")
	nameContentType   = []byte("content-type")
	nameLocation      = []byte("location")
	nameCacheControl  = []byte("cache-control")
	noCache           = []byte("no-cache")
)
