//go:build !race

package speaker

const raceEnabled = false
