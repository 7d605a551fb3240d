package txn

import (
	"bytes"
	"testing"
)

func TestScratchKeepsOldSlices(t *testing.T) {
	var tx Txn
	var all [][]byte
	for i := range 100 {
		b := tx.Scratch(100 + i*10)
		for j := range b {
			b[j] = byte(i)
		}
		all = append(all, b)
	}
	for i, b := range all {
		if len(b) != 100+i*10 || bytes.Count(b, []byte{byte(i)}) != len(b) {
			t.Fatalf("slice %d was overwritten", i)
		}
	}
}

func TestRoomAndKeep(t *testing.T) {
	var tx Txn
	a := tx.Keep(append(tx.Room(3), "abc"...))
	lost := append(tx.Room(3), "xyz"...)
	b := tx.Keep(append(tx.Room(3), "def"...))
	if string(a) != "abc" || string(b) != "def" || string(lost) != "def" {
		t.Fatalf("%q %q %q", a, b, lost)
	}
	big := tx.Keep(append(tx.Room(1), make([]byte, 3*scratchChunk)...))
	if c := tx.Copy([]byte("c")); len(big) != 3*scratchChunk || string(c) != "c" || string(a) != "abc" {
		t.Fatal("a slice that outgrew its block broke the next ones")
	}
	if cap(b) != len(b) {
		t.Fatal("appending to a kept slice would overwrite the next one")
	}
}

// TestScratchSteady: after some transactions of 20 kB the block is large enough.
func TestScratchSteady(t *testing.T) {
	var tx Txn
	use := func() {
		for range 20 {
			tx.Scratch(1000)
		}
		tx.Reset()
	}
	for range 4 {
		use()
	}
	if n := testing.AllocsPerRun(20, use); n != 0 {
		t.Fatalf("%v allocations", n)
	}
	for range 50 {
		tx.Scratch(scratchMost / 4)
	}
	if len(tx.mem.block) > scratchMost {
		t.Fatalf("block of %d bytes", len(tx.mem.block))
	}
}

// A parked transaction gives its block to the next one that wants memory, unless something is in it or it has grown.
func TestPark(t *testing.T) {
	var a Txn
	a.Park() // nothing to give
	kept := a.Copy([]byte("kept"))
	a.Park()
	if a.Scratch(100); string(kept) != "kept" {
		t.Errorf("parked with something in it: %q", kept)
	}
	a.Reset()
	if a.Park(); a.mem.block != nil {
		t.Error("the block was not given away")
	}
	if b := a.Copy([]byte("again")); string(b) != "again" || len(a.mem.block) != scratchChunk {
		t.Errorf("%q in a block of %d", b, len(a.mem.block))
	}
	a.Scratch(3 * scratchChunk)
	a.Reset()
	if a.Park(); len(a.mem.block) <= scratchChunk {
		t.Error("a block that has grown was given away")
	}
	a = Txn{}
	if n := testing.AllocsPerRun(100, func() {
		a.Copy([]byte("x"))
		a.Reset()
		a.Park()
	}); n > 0.1 { // a garbage collection may empty the pool
		t.Errorf("%v allocations", n)
	}
}
