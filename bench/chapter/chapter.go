// Package chapter writes one chapter of a file of results anew and leaves the others as they are.
package chapter

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// Replace writes text in place of the chapter of a Markdown file that begins with the same line, "# NAME", and ends before the next
// such line, or at the end of the file.
func Replace(file, text string) error {
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	heading, _, _ := strings.Cut(text, "\n")
	before, after, found := cut(string(old), heading)
	if !found {
		before, after = string(old), ""
	}
	parts := []string{strings.TrimSpace(before), strings.TrimSpace(text), strings.TrimSpace(after)}
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString(p + "\n")
	}
	return os.WriteFile(file, []byte(b.String()), 0o644)
}

// cut is what stands before and after a chapter.
func cut(text, heading string) (before, after string, found bool) {
	inside := false
	at := 0
	for line := range strings.Lines(text) {
		switch {
		case !found && strings.TrimRight(line, "\n") == heading:
			before, found, inside = text[:at], true, true
		case inside && strings.HasPrefix(line, "# "):
			return before, text[at:], true
		}
		at += len(line)
	}
	return before, "", found
}
