package engine

import "github.com/caddy-haproxy/caddy-haproxy/modules/txn"

// Filter looks at each response of a proxy that has a body and may put a Stage into its way: compression, a cache.
// HAProxy's word is filter (configuration.txt 9).
type Filter interface {
	// Open is called once the response's head is final but for what Open changes in it. nil: the body is left alone.
	Open(t *txn.Txn) Stage
}

// Stage transforms one body, piece by piece. It belongs to one response.
type Stage interface {
	// Write takes the next piece and returns what goes on in its place, valid until the next call; last says that nothing
	// follows. An error ends both connections.
	Write(data []byte, last bool) ([]byte, error)
}

// openStages asks the filters of both proxies. With a stage in the way the length is not known beforehand: the body is
// chunked.
func (s *session) openStages() {
	for _, f := range s.be.Filters {
		s.addStage(f)
	}
	if s.be != s.fe {
		for _, f := range s.fe.Filters {
			s.addStage(f)
		}
	}
	if len(s.stages) > 0 {
		s.t.Res.Headers.Del("content-length")
	}
}

func (s *session) addStage(f Filter) {
	if st := f.Open(&s.t); st != nil {
		s.stages = append(s.stages, st)
	}
}

// staged sends a piece of the body through the stages.
func (s *session) staged(data []byte, last bool) ([]byte, bool) {
	for _, st := range s.stages {
		var err error
		if data, err = st.Write(data, last); err != nil {
			s.failData(&faultServerBad)
			return nil, false
		}
	}
	return data, true
}
