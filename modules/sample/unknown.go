package sample

import (
	"fmt"
	"maps"
	"slices"
)

func unknownFetch(name string) error {
	if _, ok := laterFetches[name]; ok {
		return fmt.Errorf("fetch method '%s' is not supported yet", name)
	}
	return fmt.Errorf("unknown fetch method '%s'%s", name, hint(name, Fetches()))
}

func unknownConv(name string) error {
	if _, ok := laterConvs[name]; ok {
		return fmt.Errorf("converter '%s' is not supported yet", name)
	}
	return fmt.Errorf("unknown converter '%s'%s", name, hint(name, Convs()))
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// hint names the nearest known keyword, if one is near.
func hint(name string, known []string) string {
	best, dist := "", max(1, len(name)/3)+1
	for _, k := range known {
		if d := distance(name, k); d < dist {
			best, dist = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean '" + best + "'?"
}

// distance is the Levenshtein distance, bytes as letters.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diag
			if a[i] != b[j] {
				d++
			}
			diag = row[j+1]
			row[j+1] = min(d, diag+1, row[j]+1)
		}
	}
	return row[len(b)]
}
