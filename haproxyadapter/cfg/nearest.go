package cfg

// Nearest returns the known word that word was most probably meant to be, or "" when none is close. Messages use it for
// "did you mean".
func Nearest(word string, known []string) string {
	best, bestCost := "", len(word)/3+1
	if len(word) < 3 {
		bestCost = 1
	}
	bestCost++
	for _, k := range known {
		if c := editDistance(word, k, bestCost); c < bestCost {
			best, bestCost = k, c
		}
	}
	return best
}

// editDistance counts insertions, deletions, substitutions and swaps of neighbours; it stops at limit.
func editDistance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return min(prev[len(b)], limit)
}
