package haproxycmd

import (
	"strconv"
	"strings"
)

// options are the words of the command line.
type options struct {
	files     []string // -f and --, in their order
	dir       string   // -C
	check     bool     // -c
	condition *string  // -cc
	version   int      // how many v: -v, -vv

	debug      bool // -d
	foreground bool // -db
	daemon     bool // -D
	master     bool // -W, -Ws
	pidfile    string
	soft, hard []int // -sf, -st: processes to stop once all is bound
	oldSocket  string
	masterCLI  string // -S
	localPeer  string

	maxconn, proxyMaxconn, memory int // -n, -N, -m
	quiet, verbose                bool
	zeroWarning, diagnostics      bool // -dW, -dD
	noServerVerify                bool // -dV
	noEpoll, noSplice             bool // -de, -dS
	dumpKeywords                  string
}

// problem is why a command line cannot be obeyed: message is empty when the usage is to be shown.
type problem struct{ message string }

// noArgument is HAProxy's text for an option without its argument.
const noArgument = "failed to copy argv."

// parse reads the command line.
func parse(args []string) (*options, *problem) {
	o := new(options)
	for i := 0; i < len(args); i++ {
		word := args[i]
		if len(word) < 2 || word[0] != '-' {
			return o, &problem{}
		}
		switch {
		case word == "--":
			o.files = append(o.files, args[i+1:]...)
			return o, nil
		case o.flag(word):
		case word == "-sf" || word == "-st":
			i += o.processes(word, args[i+1:])
		case strings.HasPrefix(word, "-dM"), strings.HasPrefix(word, "-dK"), strings.HasPrefix(word, "-dL"):
			if word[2] == 'K' {
				o.dumpKeywords = word[3:]
			}
		case word == "-cc":
			if i+1 == len(args) {
				return o, &problem{}
			}
			i++
			o.condition = &args[i]
		case valued[word] != nil:
			if i+1 == len(args) {
				return o, &problem{noArgument}
			}
			i++
			valued[word](o, args[i])
		default:
			return o, &problem{}
		}
	}
	return o, nil
}

// flag reads an option without argument.
func (o *options) flag(word string) bool {
	set, ok := flags[word]
	if ok {
		set(o)
	}
	return ok
}

func ignore(*options) {}

// flags are the options without argument. Those that concern other pollers and HAProxy's memory do nothing.
var flags = map[string]func(*options){
	"-v":  func(o *options) { o.version = 1 },
	"-vv": func(o *options) { o.version = 2 },
	"-c":  func(o *options) { o.check = true },
	"-d":  func(o *options) { o.debug = true },
	"-db": func(o *options) { o.foreground = true },
	"-D":  func(o *options) { o.daemon = true },
	"-W":  func(o *options) { o.master = true },
	"-Ws": func(o *options) { o.master = true },
	"-q":  func(o *options) { o.quiet = true },
	"-V":  func(o *options) { o.verbose = true },
	"-dW": func(o *options) { o.zeroWarning = true },
	"-dD": func(o *options) { o.diagnostics = true },
	"-dV": func(o *options) { o.noServerVerify = true },
	"-de": func(o *options) { o.noEpoll = true },
	"-dS": func(o *options) { o.noSplice = true },
	"-dp": ignore, "-dG": ignore, "-dR": ignore, "-dr": ignore, "-dk": ignore, "-dv": ignore,
}

// valued are the options with one argument.
var valued = map[string]func(o *options, v string){
	"-f": func(o *options, v string) { o.files = append(o.files, v) },
	"-C": func(o *options, v string) { o.dir = v },
	"-p": func(o *options, v string) { o.pidfile = v },
	"-x": func(o *options, v string) { o.oldSocket = v },
	"-L": func(o *options, v string) { o.localPeer = v },
	"-n": func(o *options, v string) { o.maxconn = number(v) },
	"-N": func(o *options, v string) { o.proxyMaxconn = number(v) },
	"-m": func(o *options, v string) { o.memory = number(v) },
	"-S": func(o *options, v string) { o.masterCLI = v },
}

// number reads a number as HAProxy does: what is none is 0.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// processes reads the numbers behind -sf or -st, up to the next option, and tells how many words they are.
func (o *options) processes(word string, args []string) int {
	for i, a := range args {
		pid := number(a)
		if strings.HasPrefix(a, "-") || pid == 0 {
			return i
		}
		if word == "-sf" {
			o.soft = append(o.soft, pid)
		} else {
			o.hard = append(o.hard, pid)
		}
	}
	return len(args)
}
