package stats

import "strings"

// command is one row of the table: what stands on the line first, and what it does.
type command struct {
	words string // "show info"
	usage string // "[desc|json|typed|float]*"; the whole first column of the help
	help  string
	level Level // the least level that may use it
	run   func(c *call)
}

// call is one command that is being run.
type call struct {
	*session
	cmd     *command
	args    []string // the words behind the command's own
	payload string
	out     []byte
}

// text answers with one line that may carry a severity.
func (c *call) text(level int, s string) {
	c.out = c.severity.appendMark(c.out, level)
	c.out = append(c.out, s...)
	c.out = append(c.out, '\n')
}

// fail answers with an error.
func (c *call) fail(s string) { c.text(levelError, s) }

// arg is the i-th word behind the command, empty when there is none.
func (c *call) arg(i int) string {
	if i < len(c.args) {
		return c.args[i]
	}
	return ""
}

// commands are all commands in the order of the help; init fills them in, since `help` itself needs the table.
var commands []*command

func init() {
	commands = []*command{
		disableHealth, disableServer, enableHealth, enableServer, getWeight, lowerOperator, setServer, setSeverity,
		setTimeout, setWeight, showBackend, showCLILevel, showCLISockets, showEnv, showInfo, showSchema, showServersConn,
		showServersState, showStat, showVersion, lowerUser, helpCommand, promptCommand, quitCommand,
	}
}

// find returns the command that the line begins with, and the words behind its own.
func find(words []string) (*command, []string) {
	for _, c := range commands {
		n := strings.Count(c.words, " ") + 1
		if len(words) >= n && strings.Join(words[:n], " ") == c.words {
			return c, words[n:]
		}
	}
	return nil, nil
}
