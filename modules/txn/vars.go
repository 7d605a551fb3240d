package txn

import (
	"bytes"
	"sync"
)

// Scope says how long a variable lives (configuration.txt 2.8, "set-var").
type Scope uint8

// The scopes of configuration.txt.
const (
	Proc  Scope = iota // the process
	Sess               // the client connection
	Trans              // request and response: `txn.`
	Req                // until the response is there
	Res                // from the response on
	Check              // one health check
)

var names struct {
	sync.Mutex
	id map[string]int
}

// VarID is the number of a variable's name (without its scope). It is asked for at load time, never per request.
func VarID(name string) int {
	names.Lock()
	defer names.Unlock()
	if names.id == nil {
		names.id = make(map[string]int)
	}
	id, ok := names.id[name]
	if !ok {
		id = len(names.id) + 1
		names.id[name] = id
	}
	return id
}

// Vars is a small set of variables of one scope. Memory is reused after Reset.
type Vars struct {
	list []variable
}

type variable struct {
	id int
	s  Sample
	b  []byte
}

// Get returns the variable id, or nil.
func (v *Vars) Get(id int) *Sample {
	for i := range v.list {
		if v.list[i].id == id && v.list[i].s.Type != None {
			return &v.list[i].s
		}
	}
	return nil
}

// Set stores a copy of s as variable id.
func (v *Vars) Set(id int, s *Sample) {
	e := v.slot(id)
	e.b = append(e.b[:0], s.Bytes...)
	e.s = *s
	e.s.More = false
	e.s.Bytes = e.b
}

// Unset removes variable id.
func (v *Vars) Unset(id int) {
	for i := range v.list {
		if v.list[i].id == id {
			v.list[i].s.Type = None
		}
	}
}

// Reset removes all variables and keeps their memory.
func (v *Vars) Reset() {
	for i := range v.list {
		v.list[i].id = 0
		v.list[i].s.Type = None
	}
}

func (v *Vars) slot(id int) *variable {
	free := -1
	for i := range v.list {
		if v.list[i].id == id {
			return &v.list[i]
		}
		if v.list[i].id == 0 && free < 0 {
			free = i
		}
	}
	if free < 0 {
		v.list = append(v.list, variable{})
		free = len(v.list) - 1
	}
	v.list[free].id = id
	return &v.list[free]
}

// process holds the variables of scope Proc, which all sessions share.
var process struct {
	sync.RWMutex
	Vars
}

// Var fetches a variable into out; false when it is not set.
func (t *Txn) Var(sc Scope, id int, out *Sample) bool {
	if sc == Proc {
		process.RLock()
		defer process.RUnlock()
		s := process.Get(id)
		if s == nil {
			return false
		}
		*out = *s
		out.Bytes = t.Copy(s.Bytes)
		return true
	}
	v := t.scope(sc)
	if v == nil {
		return false
	}
	s := v.Get(id)
	if s == nil {
		return false
	}
	*out = *s
	return true
}

// SetVar stores a copy of s.
func (t *Txn) SetVar(sc Scope, id int, s *Sample) {
	if sc == Proc {
		SetProcVar(id, s)
		return
	}
	if v := t.scope(sc); v != nil {
		v.Set(id, s)
	}
}

// UnsetVar removes a variable.
func (t *Txn) UnsetVar(sc Scope, id int) {
	if sc == Proc {
		process.Lock()
		process.Unset(id)
		process.Unlock()
		return
	}
	if v := t.scope(sc); v != nil {
		v.Unset(id)
	}
}

// SetProcVar stores a process-wide variable, also before any transaction runs (global "set-var").
func SetProcVar(id int, s *Sample) {
	process.Lock()
	defer process.Unlock()
	old := process.Get(id)
	if old != nil && old.Type == s.Type && old.Int == s.Int && old.Addr == s.Addr && bytes.Equal(old.Bytes, s.Bytes) {
		return
	}
	c := *s
	c.Bytes = bytes.Clone(s.Bytes)
	process.Set(id, &c)
}

func (t *Txn) scope(sc Scope) *Vars {
	switch sc {
	case Sess:
		if t.Conn != nil {
			return &t.Conn.Vars
		}
	case Trans:
		return &t.vars
	case Req:
		if !t.InResponse {
			return &t.reqVars
		}
	case Res:
		if t.InResponse {
			return &t.reqVars
		}
	case Check:
		return &t.vars
	}
	return nil
}
