package stats

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// table reads the CSV form back: rows of columns by name.
func table(t *testing.T, text string) []map[string]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "# ")))
	all, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var rows []map[string]string
	for _, cells := range all[1:] {
		m := map[string]string{}
		for i, c := range cells {
			m[all[0][i]] = c
		}
		rows = append(rows, m)
	}
	return rows
}

func dump(f *fake, w view, form format) string { return string(appendStat(nil, f.list, &w, form, nil)) }

func TestCSV(t *testing.T) {
	f := newFake(t)
	fe, s1 := f.list[0].Frontend, f.server("s1")
	now := time.Now()
	fe.Enter(now)
	fe.Enter(now)
	fe.Leave()
	fe.Request(now)
	fe.Response(204)
	fe.Response(777)
	s1.Began(now)
	s1.BytesIn.Add(12)
	s1.CheckDone(server.CheckResult{Status: server.CheckL7Status, Code: 500, Info: "say \"no\", please", Duration: 7 * time.Millisecond})
	w := all
	w.details, w.maxconn = true, 100
	rows := table(t, dump(f, w, formatCSV))
	var names []string
	for _, r := range rows {
		names = append(names, r["pxname"]+"/"+r["svname"])
	}
	if got := strings.Join(names, " "); got != "fe/FRONTEND be/s1 be/s2 be/s3 be/BACKEND l/FRONTEND l/BACKEND" {
		t.Fatalf("rows: %s", got)
	}
	for _, want := range []struct {
		row           int
		column, value string
	}{
		{0, "scur", "1"}, {0, "smax", "2"}, {0, "stot", "2"}, {0, "slim", "100"}, {0, "hrsp_2xx", "1"}, {0, "hrsp_other", "1"}, {0, "req_tot", "1"},
		{0, "type", "0"}, {0, "status", "OPEN"}, {0, "qcur", ""}, {0, "iid", "2"}, {0, "-", "-"}, {0, "h1_bytes_in", "0"},
		{1, "cookie", `a,"b"`}, {1, "last_chk", `say "no", please`}, {1, "check_status", "L7STS"}, {1, "check_code", "500"}, {1, "check_duration", "7"},
		{1, "status", "DOWN"}, {1, "chkfail", "1"}, {1, "chkdown", "1"}, {1, "bin", "12"}, {1, "addr", "127.0.0.1:1"}, {1, "type", "2"}, {1, "slim", ""},
		{2, "status", "no check"}, {2, "bck", "1"}, {2, "act", "0"}, {2, "weight", "3"}, {2, "addr", "[::1]:2"}, {2, "check_status", ""}, {2, "lastsess", "-1"},
		{3, "status", "MAINT"}, {4, "status", "UP"}, {4, "act", "0"}, {4, "bck", "1"}, {4, "cookie", "SRV"}, {4, "algo", "roundrobin"}, {4, "slim", "10"},
		{5, "slim", "7"}, {6, "type", "1"}, {6, "downtime", ""},
	} {
		if got := rows[want.row][want.column]; got != want.value {
			t.Errorf("row %d, %s: got %q, want %q", want.row, want.column, got, want.value)
		}
	}
	w.details = false
	for _, r := range table(t, dump(f, w, formatCSV)) {
		if r["addr"]+r["cookie"]+r["algo"] != "" {
			t.Errorf("without details: %v", r)
		}
	}
}

func TestFilters(t *testing.T) {
	f := newFake(t)
	for _, row := range []struct {
		change func(*view)
		want   string
	}{
		{func(w *view) { w.iid = 3 }, "s1 s2 s3 BACKEND"}, {func(w *view) { w.types = wantServer }, "s1 s2 s3"},
		{func(w *view) { w.types, w.sid = wantServer, 2 }, "s2"}, {func(w *view) { w.hideDown = true }, "FRONTEND s1 s2 BACKEND FRONTEND BACKEND"},
		{func(w *view) { w.types = 0 }, ""}, {func(w *view) { w.types = wantFrontend }, "FRONTEND FRONTEND"},
	} {
		w := all
		row.change(&w)
		var got []string
		for _, r := range table(t, dump(f, w, formatCSV)) {
			got = append(got, r["svname"])
		}
		if s := strings.Join(got, " "); s != row.want {
			t.Errorf("got %q, want %q", s, row.want)
		}
	}
}

func TestJSONForms(t *testing.T) {
	f := newFake(t)
	f.list[0].Name = "q\"\\\n\x01"
	var rows [][]struct {
		ObjType string
		Field   struct{ Name string }
		Value   struct{ Value any }
	}
	if err := json.Unmarshal([]byte(dump(f, all, formatJSON)), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 7 || rows[0][0].Value.Value != "q\"\\\n\x01" || rows[1][0].ObjType != "Server" {
		t.Errorf("got %v", rows)
	}
	p := f.Process()
	for _, float := range []bool{false, true} {
		if out := appendInfoJSON(nil, p.info(float, time.Now())); !json.Valid(out) {
			t.Errorf("%s", out)
		}
	}
	if !json.Valid([]byte(schema)) {
		t.Error("the schema is no JSON")
	}
}

// Every column has a tag that the JSON form can name: one that is wrong would write an empty name.
func TestTags(t *testing.T) {
	for _, c := range columns {
		if c.name == "" || origins[c.tag[0]] == "" || natures[c.tag[1]] == "" || scopes[c.tag[2]] == "" {
			t.Errorf("%+v", c)
		}
	}
	for _, c := range infoColumns {
		if c.name == "" || origins[c.tag[0]] == "" || natures[c.tag[1]] == "" || scopes[c.tag[2]] == "" {
			t.Errorf("%+v", c)
		}
	}
}

func TestUptime(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0d 0h00m00s", 90061 * time.Second: "1d 1h01m01s", 59 * time.Second: "0d 0h00m59s", 359999 * time.Second: "4d 3h59m59s",
	} {
		if got := uptime(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int64]string{5: "5s", 65: "1m5s", 3665: "1h1m", 90000: "1d1h"} {
		if got := shortAge(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	for f, want := range map[float64]string{0: "0", 1.5: "1.5", 23.513461: "23.513461", 3: "3"} {
		if got := formatFloat(f); got != want {
			t.Errorf("%v: %q, want %q", f, got, want)
		}
	}
}
