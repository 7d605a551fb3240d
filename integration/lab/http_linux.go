package lab

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// serve answers HTTP at all addresses of a node with the node's name, until the end of the case.
func (m *Member) serve() {
	var l net.Listener
	m.Do(func() (err error) {
		l, err = net.Listen("tcp4", "0.0.0.0:80")
		return err
	})
	s := &http.Server{ReadTimeout: soon, Handler: http.HandlerFunc(func(res http.ResponseWriter, _ *http.Request) { fmt.Fprint(res, m.Name) })}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Serve(l)
	}()
	m.world.Cleanup(func() {
		s.Close()
		<-done
	})
}

// requester is an HTTP client like most: it keeps its connection, and sends a GET again on a new one when the kept one turns
// out to be dead.
type requester struct {
	client http.Client
	stop   chan struct{}
	done   sync.WaitGroup

	mu               sync.Mutex
	requests, failed int
	failures         []string
}

// request sends a request to the virtual address every 5 ms until finish.
func (w *World) request() *requester {
	r := &requester{stop: make(chan struct{})}
	r.client = http.Client{Timeout: soon, Transport: &http.Transport{MaxIdleConnsPerHost: 1, DialContext: w.dial}}
	r.done.Go(func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			r.once("http://" + w.VIP.String() + "/")
			select {
			case <-tick.C:
			case <-r.stop:
				return
			}
		}
	})
	return r
}

// dial connects from the client's namespace.
func (w *World) dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	err = w.Client.Try(func() error {
		conn, err = new(net.Dialer).DialContext(ctx, network, address)
		return err
	})
	return conn, err
}

func (r *requester) once(url string) {
	res, err := r.client.Get(url)
	if err == nil {
		_, err = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests++
	if err != nil {
		r.failed++
		r.failures = append(r.failures, time.Now().Format("15:04:05.000 ")+err.Error())
	}
}

// finish ends the requests and puts what became of them into the figures.
func (r *requester) finish(w *World) {
	close(r.stop)
	r.done.Wait()
	r.client.CloseIdleConnections()
	w.figures.Requests, w.figures.Failed = r.requests, r.failed
	for _, f := range r.failures {
		w.Note("request failed %s", f)
	}
}

// handovers moves the address 50 times by an operator's order while a client sends requests to it.
func handovers(w *World) {
	for _, m := range w.Members {
		m.serve()
	}
	r := w.request()
	for i := range 50 {
		from, to := w.Members[i%2], w.Members[(i+1)%2]
		from.Order("handover")
		w.Must(fmt.Sprintf("hand-over %d to %s", i, to.Name), 2*w.Timing.Down(1)+soon, func() bool { return w.Holders() == to.Name })
		w.Pass(100 * time.Millisecond)
	}
	r.finish(w)
}
