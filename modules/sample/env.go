package sample

import "github.com/caddy-haproxy/caddy-haproxy/modules/txn"

// Env is what a compile may ask. It is used at load time only.
type Env struct {
	// Where is where the expression stands; zero skips the check.
	Where Where
	// Proxy is the name of the proxy the line stands in: what nbsrv and the like mean without an argument.
	Proxy string
	// Lookup resolves names; nil takes every name as it is, and what needs one gives no value.
	Lookup Lookup
	// Warn takes what is worth a warning; may be nil.
	Warn func(string)
	// Getenv reads the environment as the configuration's setenv and unsetenv left it; nil is the process's own.
	Getenv func(name string) (value string, ok bool)
	// Captures are the frontend's declared capture slots; nil skips the checks that need them.
	Captures *Captures
}

func (e *Env) warn(msg string) {
	if e != nil && e.Warn != nil {
		e.Warn(msg)
	}
}

// Lookup resolves the names an expression can mention.
type Lookup interface {
	// Frontend is the frontend or listen section of that name, nil when unknown.
	Frontend(name string) txn.Proxy
	// Backend is the backend or listen section of that name, nil when unknown.
	Backend(name string) txn.Backend
	// Userlist is the userlist of that name, nil when unknown.
	Userlist(name string) Userlist
	// ACL evaluates the named ACL of the current proxy, nil when unknown.
	ACL(name string) func(*txn.Txn) bool
}

// Userlist is a `userlist` section (configuration.txt 3.4).
type Userlist interface {
	// Check compares user and password. When that is too slow for the session's loop (a crypt hash that is not cached)
	// slow is true and ok says nothing: the caller offloads CheckSlow and asks again.
	Check(user, password []byte) (ok, slow bool)
	// CheckSlow does the slow comparison; its result is remembered for Check.
	CheckSlow(user, password []byte) bool
	// Groups are the names of the groups that user is in, nil for an unknown user.
	Groups(user []byte) []string
}

// Captures are the capture slots a frontend has declared (configuration.txt 8.8), by index.
type Captures struct {
	Request, Response []CaptureSlot
}

// CaptureSlot is one declared capture.
type CaptureSlot struct {
	// Name is the header's name, lower case; empty for `declare capture`.
	Name string
	// Len is the longest value kept, in bytes.
	Len int
}
