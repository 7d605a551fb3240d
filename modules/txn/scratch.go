package txn

import "sync"

const (
	// scratchChunk is the size of the first scratch block: enough for the temporary strings of common rules.
	scratchChunk = 4096
	// scratchMost ends the doubling of blocks: a transaction that needs more takes several of this size.
	scratchMost = 256 << 10
)

// scratch is bump memory that lives as long as the transaction; its blocks never move, so slices of it stay valid.
type scratch struct {
	block []byte
	off   int
}

// Scratch returns n bytes of memory that stay valid until the transaction ends. Their content is undefined.
func (t *Txn) Scratch(n int) []byte {
	s := &t.mem
	if s.off+n > len(s.block) {
		// Each new block is twice the last one: the transactions that follow fit into one, and allocate nothing.
		size := max(scratchChunk, min(2*len(s.block), scratchMost))
		for size < n {
			size *= 2
		}
		s.block, s.off = newBlock(size), 0
	}
	b := s.block[s.off : s.off+n : s.off+n]
	s.off += n
	return b
}

// blocks holds first blocks that no transaction uses.
var blocks = sync.Pool{New: func() any { return new([scratchChunk]byte) }}

func newBlock(size int) []byte {
	if size == scratchChunk {
		return blocks.Get().(*[scratchChunk]byte)[:]
	}
	return make([]byte, size)
}

// Park gives the scratch memory to transactions that run, while this one has not begun: a connection that waits for its
// next request holds none. A block that has grown stays: what made it grow will come again.
func (t *Txn) Park() {
	if s := &t.mem; len(s.block) == scratchChunk && s.off == 0 {
		blocks.Put((*[scratchChunk]byte)(s.block))
		s.block = nil
	}
}

// Room returns an empty slice with the rest of the current scratch block as capacity (at least n), to append to.
// Keep what was written with Keep; else the next call of Scratch or Room overwrites it.
func (t *Txn) Room(n int) []byte {
	s := &t.mem
	if s.off+n > len(s.block) {
		t.Scratch(n)
		s.off -= n
	}
	return s.block[s.off:s.off:len(s.block)]
}

// Keep marks b, which was appended to the slice of the last Room, as used, and returns it. A b that outgrew the block
// is heap memory of its own and needs no keeping.
func (t *Txn) Keep(b []byte) []byte {
	s := &t.mem
	if len(b) > 0 && s.off+len(b) <= len(s.block) && &b[0] == &s.block[s.off] {
		s.off += len(b)
	}
	return b[:len(b):len(b)]
}

// Copy returns a copy of b in scratch memory.
func (t *Txn) Copy(b []byte) []byte {
	c := t.Scratch(len(b))
	copy(c, b)
	return c
}
