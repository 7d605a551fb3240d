package guard

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// threads is GOMAXPROCS of a guard.
const threads = 2

// headroom is how much garbage a guard heaps up before it is collected.
const headroom = 16 << 20

// settle makes the Go runtime a quiet one.
func settle() {
	runtime.GOMAXPROCS(threads)
	runtime.GC()
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(math.MaxInt64)
	breathe()
}

// breathe sets the limit of memory that makes the collector run, so far above what is in use that it never runs again and
// again in vain.
func breathe() {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
		{Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(sample)
	value := func(i int) int64 { return int64(sample[i].Value.Uint64()) }
	// What is counted against the limit beside objects: stacks, spans, the runtime's own.
	other := value(2) - value(3) - value(4) - value(1)
	debug.SetMemoryLimit(other + 2*value(0) + headroom)
}
