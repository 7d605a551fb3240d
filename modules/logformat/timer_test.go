package logformat

import (
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// TestTimers are lines that HAProxy 2.6 wrote (testdata/requests.txt and the PROXY header's delays): milliseconds after
// waiting for the request began at which each event came, -1 for never.
func TestTimers(t *testing.T) {
	const format = "%TR/%Tw/%Tc/%Tr/%Td/%Ta/%Tt/%Tu Th=%Th Ti=%Ti Tq=%Tq"
	for _, row := range []struct {
		name                                          string
		requests                                      uint32
		handshake                                     int
		start, request, queue, connect, response, end int
		asap                                          bool
		want                                          string
	}{
		{"slow ok", 1, 0, 200, 300, 300, 301, 401, 552, false, "100/0/1/100/151/352/552/352 Th=0 Ti=200 Tq=300"},
		{"second request", 2, 70, 250, 250, 250, 251, 351, 501, false, "0/0/1/100/150/251/501/251 Th=0 Ti=250 Tq=250"},
		{"handshake", 1, 200, 300, 300, -1, -1, -1, 300, false, "0/-1/-1/-1/-1/0/300/200 Th=200 Ti=100 Tq=300"},
		{"handshake, then nothing", 1, 200, -1, -1, -1, -1, -1, 900, false, "-1/-1/-1/-1/-1/700/900/900 Th=200 Ti=0 Tq=-1"},
		{"bad second request", 2, 0, 249, -1, -1, -1, -1, 249, false, "-1/-1/-1/-1/-1/0/249/0 Th=0 Ti=249 Tq=-1"},
		{"idle timeout", 1, 0, -1, -1, -1, -1, -1, 702, false, "-1/-1/-1/-1/-1/702/702/702 Th=0 Ti=0 Tq=-1"},
		{"queue timeout", 1, 0, 0, 0, 302, -1, -1, 302, false, "0/302/-1/-1/-1/302/302/302 Th=0 Ti=0 Tq=0"},
		{"server timeout", 1, 0, 0, 0, 0, 0, -1, 602, false, "0/0/0/-1/-1/602/602/602 Th=0 Ti=0 Tq=0"},
		{"tarpit", 1, 0, 0, -1, 302, -1, -1, 302, false, "-1/303/-1/-1/-1/302/302/302 Th=0 Ti=0 Tq=-1"},
		{"logasap", 1, 0, 200, 300, 300, 301, 401, 401, true, "100/0/1/100/0/+201/+401/+201 Th=0 Ti=200 Tq=300"},
	} {
		idle := time.Now()
		at := func(ms int) time.Time {
			if ms < 0 {
				return time.Time{}
			}
			return idle.Add(time.Duration(ms)*time.Millisecond + 400*time.Microsecond)
		}
		x := &txn.Txn{Conn: &txn.Conn{Accepted: idle, Requests: row.requests, Handshake: time.Duration(row.handshake) * time.Millisecond}}
		x.Log = txn.Record{Idle: idle, Start: at(row.start), RequestDone: at(row.request), QueueDone: at(row.queue),
			Connected: at(row.connect), ResponseHead: at(row.response), End: at(row.end), Asap: row.asap}
		if got := string(compile(t, format, Log).Append(nil, x)); got != row.want {
			t.Errorf("%s:\ngot  %s\nwant %s", row.name, got, row.want)
		}
	}
}

// TestUnsetDates: nothing was received yet, or the record has no dates at all.
func TestUnsetDates(t *testing.T) {
	r := request()
	r.Conn.Handshake = 100 * time.Millisecond
	r.Log.Start = time.Time{}
	f := compile(t, "%t %tr", Log)
	if got, want := string(f.Append(nil, r)), "06/Feb/2009:12:14:14.655 06/Feb/2009:12:14:14.755"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	r.Log.Idle = time.Time{}
	if got, want := string(f.Append(nil, r)), "06/Feb/2009:12:14:14.655 06/Feb/2009:12:14:14.755"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
