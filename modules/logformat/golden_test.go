package logformat

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// recording is one line that HAProxy wrote: the values of simple variables, and what it made of Format at the same moment.
type recording struct {
	Scenario string   `json:"scenario"`
	Zone     string   `json:"zone,omitempty"` // TZ, default UTC
	Format   text     `json:"format"`
	Facts    []string `json:"facts"` // the values of factNames
	Line     text     `json:"line"`
	// What the scenario put into the request; an empty Request is a bad one.
	Request  text   `json:"request"`
	Captures []text `json:"captures,omitempty"` // request captures, then response captures, "" for none
	ReqCaps  int    `json:"req_caps,omitempty"`
	Cookies  []text `json:"cookies,omitempty"` // %CC, %CS
}

// text is bytes; JSON has them as the Latin-1 characters of the same numbers.
type text string

func (s text) MarshalJSON() ([]byte, error) {
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return json.Marshal(string(r))
}

func (s *text) UnmarshalJSON(b []byte) error {
	var u string
	if err := json.Unmarshal(b, &u); err != nil {
		return err
	}
	var l []byte
	for _, r := range u {
		l = append(l, byte(r))
	}
	*s = text(l)
	return nil
}

var factNames = strings.Fields(`ci cp fi fp bi bp si sp Ts ms Th Ti TR Tw Tc Tr Tt B U ST tsc ac fc bc sc rc sq bq b s f ID lc rt pid H`)

// factsFormat begins the line with the facts, each followed by a tab, and a unit separator.
var factsFormat = func() string {
	var b strings.Builder
	for _, n := range factNames {
		b.WriteString("%" + n + "\t")
	}
	return b.String() + "\x1f"
}()

// fact is the value of the variable of that name.
func (r *recording) fact(name string) string {
	for i, n := range factNames {
		if n == name {
			return r.Facts[i]
		}
	}
	panic(name)
}

func (r *recording) int(name string) int {
	v := strings.TrimPrefix(r.fact(name), "+")
	n, err := strconv.Atoi(v)
	if err != nil {
		panic(name + ": " + err.Error())
	}
	return n
}

func (r *recording) addr(ip, port string) netip.AddrPort {
	a, err := netip.ParseAddr(r.fact(ip))
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(a, uint16(r.int(port)))
}

// txn builds the transaction that the facts describe.
func (r *recording) txn() *txn.Txn {
	t := &txn.Txn{Conn: &txn.Conn{
		Src: r.addr("ci", "cp"), Dst: r.addr("fi", "fp"), Unix: r.fact("ci") == "unix", Requests: 1,
		Handshake: time.Duration(r.int("Th")) * time.Millisecond,
	}}
	if t.Conn.Unix {
		t.Conn.Listener = &txn.Listener{ID: r.int("cp")}
	}
	t.Frontend = proxy(r.fact("f"))
	if b := r.fact("b"); b != r.fact("f") {
		t.Backend = backend{proxy(b)}
	}
	t.ServerLocal, t.ServerRemote = r.addr("bi", "bp"), r.addr("si", "sp")
	t.Log = txn.Record{
		Status: r.int("ST"), BytesIn: int64(r.int("U")), BytesOut: int64(r.int("B")), Retries: r.int("rc"),
		Redispatched: r.fact("rc")[0] == '+', Asap: r.fact("B")[0] == '+', ServerName: r.fact("s"),
		SrvQueuePos: r.int("sq"), BeQueuePos: r.int("bq"), Counter: uint32(r.int("rt")), LogCounter: uint32(r.int("lc")),
		ActConn: int64(r.int("ac")), FeConn: int64(r.int("fc")), BeConn: int64(r.int("bc")), SrvConn: int64(r.int("sc")),
		Cause: r.fact("tsc")[0], Phase: r.fact("tsc")[1], CookieIn: r.fact("tsc")[2], CookieOut: r.fact("tsc")[3],
	}
	if id := r.fact("ID"); id != "-" {
		t.UniqueID = []byte(id)
	}
	r.setTimes(&t.Log)
	if r.Request != "" {
		t.Log.Line = []byte(r.Request)
	}
	for i, c := range r.Captures {
		var v []byte
		if c != "" {
			v = []byte(c)
		}
		if i < r.ReqCaps {
			t.ReqCaptures = append(t.ReqCaptures, v)
		} else {
			t.ResCaptures = append(t.ResCaptures, v)
		}
	}
	if len(r.Cookies) == 2 {
		t.ReqCookie, t.ResCookie = []byte(r.Cookies[0]), []byte(r.Cookies[1])
	}
	return t
}

// setTimes sets the events from the timers.
func (r *recording) setTimes(l *txn.Record) {
	l.Idle = time.Unix(int64(r.int("Ts")), int64(r.int("ms"))*1e6)
	at := l.Idle
	step := func(name string, to *time.Time) bool {
		if r.int(name) < 0 {
			return false
		}
		at = at.Add(time.Duration(r.int(name)) * time.Millisecond)
		*to = at
		return true
	}
	at = at.Add(time.Duration(r.int("Th")) * time.Millisecond)
	step("Ti", &l.Start)
	if !step("TR", &l.RequestDone) && r.int("Tw") >= 0 {
		at = l.Idle.Add(-time.Millisecond) // a tarpit: counted from -1
	}
	_ = step("Tw", &l.QueueDone) && step("Tc", &l.Connected) && step("Tr", &l.ResponseHead)
	l.End = l.Idle.Add(time.Duration(r.int("Tt")) * time.Millisecond)
}

// check formats what HAProxy formatted and compares.
func (r *recording) check(t *testing.T) {
	t.Helper()
	oldZone, oldPID, oldHost := time.Local, pid, hostname
	defer func() { time.Local, pid, hostname = oldZone, oldPID, oldHost }()
	zone := r.Zone
	if zone == "" {
		zone = "UTC"
	}
	var err error
	if time.Local, err = time.LoadLocation(zone); err != nil {
		t.Fatal(err)
	}
	pid, hostname = int64(r.int("pid")), []byte(r.fact("H"))
	f, err := Compile(&sample.Env{Where: sample.Log}, "\x1f"+string(r.Format), Options{})
	if err != nil {
		t.Errorf("%s: %s: %v", r.Scenario, r.Format, err)
		return
	}
	// The facts stand before the line, so a blank it begins with is kept.
	if got := string(f.Append(nil, r.txn()))[1:]; got != string(r.Line) {
		t.Errorf("%s: %s\ngot     %q\nhaproxy %q", r.Scenario, r.Format, got, r.Line)
	}
}

const goldens = "testdata/lines.json"

func TestLines(t *testing.T) {
	for _, r := range readGoldens(t) {
		r.check(t)
	}
}

func readGoldens(t *testing.T) (list []recording) {
	t.Helper()
	b, err := os.ReadFile(goldens)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) < 100 {
		t.Fatalf("only %d recordings", len(list))
	}
	return list
}

func writeGoldens(t *testing.T, list []recording) {
	t.Helper()
	var b strings.Builder
	b.WriteString("[\n")
	for i, r := range list {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(line)
		if i < len(list)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]\n")
	if err := os.MkdirAll(filepath.Dir(goldens), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(goldens, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%d recordings\n", len(list))
}
