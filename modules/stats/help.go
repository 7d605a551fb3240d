package stats

import (
	"fmt"
	"sort"
	"strings"
)

var helpCommand = &command{
	words: "help", usage: "help [<command>]", help: "list matching or all commands", level: User,
	run: func(c *call) {
		c.text(levelInfo, "The following commands are valid at this level:")
		c.out = appendHelp(c.out, matching(c.args))
	},
}

var promptCommand = &command{
	words: "prompt", usage: "prompt", help: "toggle interactive mode with prompt", level: User,
	run: func(c *call) { c.interactive = !c.interactive },
}

var quitCommand = &command{
	words: "quit", usage: "quit", help: "disconnect", level: User,
	run: func(c *call) { c.done = true },
}

// general are the commands that every list ends with.
var general = map[string]bool{"help": true, "prompt": true, "quit": true}

// appendHelp writes the rows of the table that are in list, all for a nil list, and the general ones.
func appendHelp(dst []byte, list map[*command]bool) []byte {
	for _, c := range commands {
		if list == nil || list[c] || general[c.words] {
			dst = fmt.Appendf(dst, "  %-40s: %s\n", c.usage, c.help)
		}
	}
	return dst
}

// appendUnknown answers to a line that is no command.
func appendUnknown(dst []byte, words []string) []byte {
	if len(words) == 0 {
		dst = append(dst, "Unknown command. Please enter one of the following commands only:\n"...)
		return appendHelp(dst, nil)
	}
	dst = append(dst, "Unknown command, but maybe one of the following ones is a better match:\n"...)
	return appendHelp(dst, matching(words))
}

// matching are the commands that begin with the words; without any, those that are written most like them. No words match
// all commands (nil).
func matching(words []string) map[*command]bool {
	if len(words) == 0 {
		return nil
	}
	line := strings.Join(words, " ")
	list := make(map[*command]bool)
	for _, c := range commands {
		if strings.HasPrefix(c.words+" ", line+" ") {
			list[c] = true
		}
	}
	if len(list) > 0 {
		return list
	}
	return alike(line)
}

// alikeMost is how many commands are offered for an unknown one.
const alikeMost = 5

func alike(line string) map[*command]bool {
	type candidate struct {
		cmd   *command
		pairs int
	}
	var found []candidate
	for _, c := range commands {
		if n := commonPairs(line, c.words); n > 0 && !general[c.words] {
			found = append(found, candidate{c, n})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].pairs > found[j].pairs })
	list := make(map[*command]bool)
	for _, f := range found[:min(alikeMost, len(found))] {
		list[f.cmd] = true
	}
	return list
}

// commonPairs counts the pairs of neighbouring letters that two texts have in common.
func commonPairs(a, b string) int {
	n := 0
	for i := 0; i+2 <= len(a); i++ {
		if strings.Contains(b, a[i:i+2]) {
			n++
		}
	}
	return n
}
