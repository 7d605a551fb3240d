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
