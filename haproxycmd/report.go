package haproxycmd

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/stats"
)

// reporter writes messages in HAProxy's form: [ALERT]    (pid) : text.
type reporter struct {
	mu         sync.Mutex
	w          io.Writer
	quiet      bool // nothing is said of the start
	silent     bool // nothing is said of what happens later
	introduced bool // the version was said, which comes before the first message of the start
}

// say writes a message of the start.
func (r *reporter) say(sev cfg.Severity, format string, a ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.quiet {
		return
	}
	if !r.introduced {
		r.introduced = true
		r.line(cfg.Notice, "haproxy version is "+stats.Version)
		if exe, err := os.Executable(); err == nil {
			r.line(cfg.Notice, "path to executable is "+exe)
		}
	}
	r.line(sev, fmt.Sprintf(format, a...))
}

// event writes a message of the running process, without an introduction.
func (r *reporter) event(sev cfg.Severity, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.silent {
		r.line(sev, text)
	}
}

func (r *reporter) line(sev cfg.Severity, text string) {
	fmt.Fprintf(r.w, "%-10s (%d) : %s\n", "["+sev.String()+"]", os.Getpid(), text)
}

// hush ends all output: the process has gone to the background.
func (r *reporter) hush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.quiet, r.silent = true, true
}

// diagnostics writes what was found in the files, and behind the errors of a file its name. It gives the number of
// warnings.
func (r *reporter) diagnostics(list cfg.Diagnostics, showDiag bool) (warnings int) {
	failed := ""
	for _, d := range list {
		if failed != "" && d.Pos.File != failed {
			r.failed(failed)
			failed = ""
		}
		sev := d.Severity
		switch {
		case d.Msg == noListener, sev == cfg.Diag && !showDiag:
			continue
		case sev == cfg.Warning && ownRemark(d.Msg):
			sev = cfg.Notice
		case sev == cfg.Warning:
			warnings++
		case sev == cfg.Alert:
			failed = d.Pos.File
		}
		r.say(sev, "config : %s", d.Error())
	}
	if failed != "" {
		r.failed(failed)
	}
	return warnings
}

func (r *reporter) failed(file string) {
	r.say(cfg.Alert, "config : Error(s) found in configuration file : %s", file)
}

// noListener is the adapter's warning about a file that starts nothing: here it has a message and a status of its own.
const noListener = "Configuration file has no error but will not start (no listener)."

// ownRemark tells whether a warning is about this program and not about the file: HAProxy would not have it, and a file
// with `zero-warning` must start.
func ownRemark(msg string) bool { return strings.Contains(msg, " has no effect here") }
