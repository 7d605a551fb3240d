package engine

import "sync"

// buffer is a piece of pooled memory with what was read into it.
type buffer struct {
	b    *[]byte
	r, w int
}

// bufferPool holds memory of tune.bufsize, answerPool of twice as much.
var bufferPool, answerPool sync.Pool

// take makes sure that b has memory.
func (s *session) take(b *buffer) { b.fill(&bufferPool, s.bufsize) }

// takeAnswer makes sure that there is memory for what the server sends. It is twice as long as a head may be: an answer
// that fills a buffer by itself comes, and goes, with its head in one piece.
func (s *session) takeAnswer() { s.sin.fill(&answerPool, 2*s.bufsize) }

func (b *buffer) fill(pool *sync.Pool, size int) {
	if b.b != nil {
		return
	}
	if v, ok := pool.Get().(*[]byte); ok && len(*v) == size {
		b.b = v
	} else {
		v := make([]byte, size)
		b.b = &v
	}
	b.r, b.w = 0, 0
}

// release gives b's memory back to the pool.
func (s *session) release(b *buffer) { b.free(&bufferPool) }

// releaseAnswer gives back what takeAnswer has taken.
func (s *session) releaseAnswer() { s.sin.free(&answerPool) }

func (b *buffer) free(pool *sync.Pool) {
	if b.b != nil {
		pool.Put(b.b)
		b.b = nil
	}
	b.r, b.w = 0, 0
}
