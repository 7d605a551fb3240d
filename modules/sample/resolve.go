package sample

import (
	"fmt"
	"strings"
)

// resolve looks up the names among the arguments. what is "sample fetch keyword 'x'" for the message. With an error the
// arguments are there all the same, without what they name.
func (e *Env) resolve(args []Arg, spec argSpec, what string) ([]Arg, error) {
	// A name that may be left out means the current proxy.
	if len(args) == 0 && len(spec.types) > 0 && (spec.types[0] == ArgFrontend || spec.types[0] == ArgBackend) {
		args = []Arg{{Type: spec.types[0]}}
	}
	for i := range args {
		if err := e.resolveArg(&args[i]); err != nil {
			return args, fmt.Errorf("%w in arg %d of %s in proxy '%s'", err, i+1, what, e.Proxy)
		}
	}
	return args, nil
}

func (e *Env) resolveArg(a *Arg) error {
	switch a.Type {
	case ArgServer:
		if a.Str == "" {
			return fmt.Errorf("missing server name")
		}
	case ArgUserlist:
		if a.Str == "" {
			return fmt.Errorf("missing userlist name")
		}
	}
	if e.Lookup == nil {
		return nil
	}
	switch a.Type {
	case ArgFrontend:
		return e.resolveFrontend(a)
	case ArgBackend:
		return e.resolveBackend(a)
	case ArgServer:
		return e.resolveServer(a)
	case ArgUserlist:
		if a.Userlist = e.Lookup.Userlist(a.Str); a.Userlist == nil {
			return fmt.Errorf("unable to find userlist '%s' referenced", a.Str)
		}
	}
	return nil
}

func (e *Env) resolveFrontend(a *Arg) error {
	name := a.Str
	if name == "" {
		name = e.Proxy
	}
	if a.Frontend = e.Lookup.Frontend(name); a.Frontend == nil {
		if a.Str == "" {
			return fmt.Errorf("proxy '%s' has no frontend capability, referenced", name)
		}
		return fmt.Errorf("unable to find frontend '%s' referenced", name)
	}
	return nil
}

func (e *Env) resolveBackend(a *Arg) error {
	name := a.Str
	if name == "" {
		name = e.Proxy
	}
	if a.Backend = e.Lookup.Backend(name); a.Backend == nil {
		if a.Str == "" {
			return fmt.Errorf("proxy '%s' has no backend capability, referenced", name)
		}
		return fmt.Errorf("unable to find backend '%s' referenced", name)
	}
	return nil
}

// resolveServer finds "backend/server", or a server of the current proxy.
func (e *Env) resolveServer(a *Arg) error {
	proxy, name, ok := strings.Cut(a.Str, "/")
	if !ok {
		proxy, name = e.Proxy, a.Str
	}
	if a.Backend = e.Lookup.Backend(proxy); a.Backend == nil {
		if !ok {
			return fmt.Errorf("unable to find server '%s' in proxy '%s', referenced", name, proxy)
		}
		return fmt.Errorf("unable to find proxy '%s' referenced", proxy)
	}
	if a.Server = a.Backend.Server(name); a.Server == nil {
		return fmt.Errorf("unable to find server '%s' in proxy '%s', referenced", name, proxy)
	}
	return nil
}
