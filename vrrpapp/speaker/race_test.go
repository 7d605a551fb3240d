//go:build race

package speaker

const raceEnabled = true
