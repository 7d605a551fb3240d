package sample

import "github.com/caddy-haproxy/caddy-haproxy/modules/txn"

// fakeBackend is the listen section of the oracle's configuration, idle but for the one request.
type fakeBackend struct {
	name string
	id   int
}

func (b *fakeBackend) Name() string         { return b.name }
func (b *fakeBackend) ID() int              { return b.id }
func (b *fakeBackend) Conns() int64         { return 1 }
func (b *fakeBackend) ConnLimit() int64     { return 0 }
func (b *fakeBackend) SessRate() int64      { return 1 }
func (b *fakeBackend) ConnRate() int64      { return 1 }
func (b *fakeBackend) ReqRate() int64       { return 1 }
func (b *fakeBackend) UsableServers() int64 { return 1 }
func (b *fakeBackend) QueueLen() int64      { return 0 }
func (b *fakeBackend) QueueOwn() int64      { return 0 }
func (b *fakeBackend) AvgQueue() int64      { return 0 }
func (b *fakeBackend) FreeSlots() int64     { return 16 }
func (b *fakeBackend) TotalWeight() int64   { return 10 }
func (b *fakeBackend) ConnFree() int64      { return 7 }
func (b *fakeBackend) Server(name string) txn.Server {
	if name != "s1" {
		return nil
	}
	return fakeServer{}
}

type fakeServer struct{}

func (fakeServer) Name() string      { return "s1" }
func (fakeServer) ID() int           { return 3 }
func (fakeServer) Conns() int64      { return 0 }
func (fakeServer) ConnFree() int64   { return 7 }
func (fakeServer) SessRate() int64   { return 0 }
func (fakeServer) IsUp() bool        { return true }
func (fakeServer) QueueLen() int64   { return 0 }
func (fakeServer) Weight() int64     { return 10 }
func (fakeServer) InitWeight() int64 { return 10 }
func (fakeServer) UserWeight() int64 { return 10 }

type fakeUsers struct{}

func (fakeUsers) Check(user, password []byte) (ok, slow bool) {
	switch string(user) {
	case "alice":
		ok = string(password) == "secret"
	case "bob":
		ok = string(password) == "b:b"
	case "slow":
		return false, true
	}
	return ok, false
}

func (fakeUsers) CheckSlow(_, _ []byte) bool { return true }

func (fakeUsers) Groups(user []byte) []string {
	if string(user) == "bob" {
		return []string{"g1", "g2"}
	}
	return nil
}

type fakeLookup struct{}

func (fakeLookup) Frontend(name string) txn.Proxy {
	if name != "site" {
		return nil
	}
	return &fakeBackend{"site", 77}
}

func (fakeLookup) Backend(name string) txn.Backend {
	if name != "site" {
		return nil
	}
	return &fakeBackend{"site", 77}
}

func (fakeLookup) Userlist(name string) Userlist {
	if name != "people" {
		return nil
	}
	return fakeUsers{}
}

func (fakeLookup) ACL(name string) func(*txn.Txn) bool {
	if name != "yes" && name != "no" {
		return nil
	}
	return func(*txn.Txn) bool { return name == "yes" }
}

func testEnv() *Env {
	return &Env{
		Proxy: "site", Lookup: fakeLookup{},
		Captures: &Captures{Request: []CaptureSlot{{Len: 10}}},
	}
}
