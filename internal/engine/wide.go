package engine

import "sync"

// wideSize is how much of a long body is read at a time. A body of known length that is longer than this needs a
// quarter of the system calls that it would need through buffers of tune.bufsize; a shorter one gains nothing.
const wideSize = 64 << 10

// widePool holds the buffers of long bodies; each belongs to one sendLength at a time.
var widePool = sync.Pool{New: func() any { return new([wideSize]byte) }}
