package pattern

import (
	"fmt"
	"os"
	"strings"
)

// line is one pattern of a file, and what a map has for it.
type line struct {
	number     int
	key, value string
}

// readLines reads a pattern file: lines that begin with # and empty ones do not count, leading white space neither. With
// two columns the first word is the key, and the rest, without white space around it, is the value.
func readLines(path string, columns bool) ([]line, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("failed to open pattern file <%s>", path)
	}
	var lines []line
	for i, l := range strings.Split(string(text), "\n") {
		l, _, _ = strings.Cut(l, "\r")
		if strings.HasPrefix(l, "#") {
			continue
		}
		l = strings.TrimLeft(l, " \t")
		if l == "" {
			continue
		}
		entry := line{number: i + 1, key: l}
		if columns {
			if end := strings.IndexAny(l, " \t"); end >= 0 {
				entry.key, entry.value = l[:end], strings.Trim(l[end:], " \t")
			}
		}
		lines = append(lines, entry)
	}
	return lines, nil
}
