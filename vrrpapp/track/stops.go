package track

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// longestScript is how much of a script is looked at: what fits into one argument of a command (MAX_ARG_STRLEN) with room to spare.
const longestScript = 100 << 10

// stops are commands that end keepalived: of an init script, of a service manager, of a killer. They stand where a shell expects a
// command. Signal 0 ends nothing and is left out by replaceStops.
var stops = regexp.MustCompile(`(?:^|[;&|({!` + "`" + `]|\b(?:then|else|elif|do|if|while|until))[ \t]*` +
	`((?:(?:sudo|exec|command|nohup|eval)[ \t]+(?:-\w+[ \t]+)*)*(?:` +
	`/etc/(?:rc\.d/)?(?:init\.d/|rc\.d/)?keepalived[ \t]+(?:force-?)?stop` +
	`|(?:/[\w/.-]*/)?systemctl(?:[ \t]+-[\w=-]+)*[ \t]+(?:stop|kill|disable[ \t]+--now|mask[ \t]+--now)(?:[ \t]+-[\w=-]+)*[ \t]+["']?keepalived(?:\.service)?\b["']?` +
	`|(?:/[\w/.-]*/)?(?:service|rc-service|invoke-rc\.d)[ \t]+keepalived[ \t]+stop` +
	`|(?:/[\w/.-]*/)?(?:killall5?|pkill)(?:[ \t]+-[\w-]+(?:[ \t]+[A-Z]+\b)?)*[ \t]+["']?(?:/[\w/.-]*/)?keepalived\b["']?` +
	`|kill(?:[ \t]+-[\w-]+)*[ \t]+(?:\$\(|` + "`" + `)[^)` + "`" + `\n]*\bkeepalived\b[^)` + "`" + `\n]*[)` + "`" + `]` +
	`))`)

// probe is a signal that only asks.
var probe = regexp.MustCompile(`[ \t](?:-0|-s[ \t]*0|-n[ \t]+0|--signal[= ]0)\b`)

// failure takes the place of such a command. $$ is the script's own process also in a subshell, so that the script ends with a
// failure wherever the command stands; exit is for one that ignores the signal.
const failure = "{ kill -s TERM $$; exit 1; }"

// StopsKeepalived reports whether a shell script ends keepalived somewhere, as a popular tutorial's does when its check fails:
// /etc/init.d/keepalived stop, systemctl, service, killall, pkill, kill of its pid. That cannot end this program. The command must
// stand in the script itself, in plain words: it is not found in what the script sources or runs, behind variables, or inside
// quotes (sh -c "...").
func StopsKeepalived(scriptFile string) (line int, ok bool) {
	text, _, ok := readShellScript(scriptFile)
	if !ok {
		return 0, false
	}
	_, line = replaceStops(text)
	return line, line > 0
}

// replaceStops is the script with failures instead of commands that end keepalived, and the line of the first, or 0.
func replaceStops(text string) (changed string, line int) {
	quoted := quotes(text)
	var out strings.Builder
	from := 0
	for at := 0; at < len(text); {
		// Line by line: ^ must be a line's beginning and quotes are known by place.
		end := at + strings.IndexByte(text[at:]+"\n", '\n')
		for _, m := range stops.FindAllStringSubmatchIndex(text[at:end], -1) {
			begin, stop := at+m[2], at+m[3]
			if quoted[begin] || probe.MatchString(text[begin:stop]) || continues(text[stop:]) {
				continue
			}
			if line == 0 {
				line = 1 + strings.Count(text[:begin], "\n")
			}
			out.WriteString(text[from:begin])
			out.WriteString(failure)
			from = stop
		}
		at = end + 1
	}
	out.WriteString(text[from:])
	return out.String(), line
}

// continues reports whether a name goes on: keepalived-exporter is another service.
func continues(rest string) bool { return rest != "" && strings.IndexByte("-.@/+", rest[0]) >= 0 }

// quotes marks the bytes of a shell script that stand in quotes or comments. The end of the text is not quoted.
func quotes(text string) []bool {
	marks := make([]bool, len(text)+1)
	var in byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		marks[i] = in != 0
		switch {
		case in == '#':
			if c == '\n' {
				in = 0
			}
		case c == '\\' && in != '\'' && i+1 < len(text):
			i++
			marks[i] = true
		case in == 0 && (c == '\'' || c == '"'):
			in = c
		case in == 0 && c == '#' && (i == 0 || strings.IndexByte(" \t\n;&|(", text[i-1]) >= 0):
			in = c
		case c == in:
			in = 0
		}
	}
	return marks
}

// shells are the interpreters whose scripts are understood, and that take a text after -c.
var shells = []string{"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"}

// readShellScript is the text of a shell script and the interpreter of its first line, which is the shell without one.
func readShellScript(path string) (text string, interpreter []string, ok bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > longestScript {
		return "", nil, false
	}
	f, err := os.Open(path)
	if err != nil {
		return "", nil, false
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, longestScript+1))
	if err != nil || len(b) > longestScript || bytes.IndexByte(b, 0) >= 0 {
		return "", nil, false // too long to be told, or a program
	}
	text = string(b)
	first, found := strings.CutPrefix(text, "#!")
	if !found {
		return text, []string{"/bin/sh"}, true
	}
	first, _, _ = strings.Cut(first, "\n")
	interpreter = strings.Fields(first)
	if len(interpreter) > 1 && filepath.Base(interpreter[0]) == "env" {
		return text, interpreter, slices.Contains(shells, filepath.Base(interpreter[1]))
	}
	return text, interpreter, len(interpreter) > 0 && slices.Contains(shells, filepath.Base(interpreter[0]))
}

// stopper finds out what to run instead of a script that ends keepalived.
type stopper struct {
	command []string
	text    string // that args were made from
	args    []string
	line    int
}

// words are the command with a text in place of the script's file if it ends keepalived, and where. $0 and the arguments stay;
// $BASH_SOURCE does not. The file is read each time, for it may be mended.
func (s *stopper) words() (args []string, line int) {
	file, before, after := s.file()
	text, interpreter, ok := readShellScript(file)
	if !ok {
		return s.command, 0
	}
	if text == s.text && s.args != nil {
		return s.args, s.line
	}
	s.text, s.args = text, s.command
	var changed string
	if changed, s.line = replaceStops(text); s.line > 0 {
		if len(before) == 0 {
			before = interpreter
		}
		s.args = slices.Concat(before, []string{"-c", changed, file}, after)
	}
	return s.args, s.line
}

// file is the script among the words: the first, or the one that a shell runs.
func (s *stopper) file() (file string, before, after []string) {
	c := s.command
	if slices.Contains(shells, filepath.Base(c[0])) {
		for i := 1; i < len(c); i++ {
			if !strings.HasPrefix(c[i], "-") {
				return c[i], c[:i], c[i+1:]
			}
			if strings.Contains(c[i], "c") {
				break
			}
		}
	}
	return c[0], nil, c[1:]
}
