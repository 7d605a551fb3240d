//go:build race

package regex

// raceEnabled: under the race detector sync.Pool forgets on purpose, so allocations say nothing.
const raceEnabled = true
