package cfg

import (
	"maps"
	"os"
	"slices"
	"strings"
)

// Env is an environment that the lines of a global section change while they are read (setenv, presetenv, unsetenv,
// resetenv). It is a copy: the process's own environment stays as it is.
type Env struct {
	vars map[string]string
}

// NewEnv returns a copy of the process's environment.
func NewEnv() *Env {
	e := &Env{vars: make(map[string]string)}
	for _, kv := range os.Environ() {
		if name, value, ok := strings.Cut(kv, "="); ok {
			e.vars[name] = value
		}
	}
	return e
}

// Predefine sets the variables that HAProxy defines before it reads its configuration (configuration.txt 2.3): seen with
// 2.6.12, the others of that section (HAPROXY_CFGFILES, HAPROXY_CLI, ...) are not set until it is read.
func (e *Env) Predefine(localPeer, version string) {
	e.Set("HAPROXY_LOCALPEER", localPeer)
	e.Set("HAPROXY_STARTUP_VERSION", version)
}

// Lookup returns a variable; it is what Options.LookupEnv wants.
func (e *Env) Lookup(name string) (string, bool) {
	v, ok := e.vars[name]
	return v, ok
}

// Set is setenv.
func (e *Env) Set(name, value string) { e.vars[name] = value }

// SetDefault is presetenv: it keeps a variable that exists.
func (e *Env) SetDefault(name, value string) {
	if _, ok := e.vars[name]; !ok {
		e.vars[name] = value
	}
}

// Unset is unsetenv.
func (e *Env) Unset(names ...string) {
	for _, n := range names {
		delete(e.vars, n)
	}
}

// Keep is resetenv: it removes all variables but the named ones.
func (e *Env) Keep(names ...string) {
	maps.DeleteFunc(e.vars, func(name, _ string) bool { return !slices.Contains(names, name) })
}

// Environ returns the variables as "name=value", sorted, for programs that are started.
func (e *Env) Environ() []string {
	out := make([]string, 0, len(e.vars))
	for name, value := range e.vars {
		out = append(out, name+"="+value)
	}
	slices.Sort(out)
	return out
}
