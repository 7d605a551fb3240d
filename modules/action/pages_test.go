package action

import (
	"slices"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// shown is the reason of the page that t gets for status: the test pages differ in it.
func shown(tx *txn.Txn, status int) string {
	ErrorPage(tx, status)
	if tx.Reply.Silent {
		return "silent"
	}
	return string(tx.Res.Reason)
}

// Backend's pages go before frontend's, these before the built-in ones (seen at HAProxy).
func TestErrorPageOrder(t *testing.T) {
	front, back := new(Pages), new(Pages)
	for _, add := range []error{
		front.AddFile(503, "testdata/pages/503.http"), front.AddFile(404, "testdata/pages/e16.http"),
		back.AddFile(503, "testdata/pages/empty.http"), back.AddLocation(500, "/e", 303),
	} {
		if add != nil {
			t.Fatal(add)
		}
	}
	tx := newTxn(t, defaultRequest)
	for _, c := range []struct {
		front, back *Pages
		status      int
		want        string
	}{
		{front, back, 503, "silent"}, {front, nil, 503, "Slow Down"}, {front, back, 404, "x"}, {nil, back, 404, "Not Found"},
		{front, back, 500, "See Other"}, {front, nil, 500, "Internal Server Error"}, {nil, nil, 504, "Gateway Time-out"},
		{nil, nil, 418, "Internal Server Error"},
	} {
		tx.FrontendErrors, tx.BackendErrors = nil, nil
		if c.front != nil {
			tx.FrontendErrors = c.front
		}
		if c.back != nil {
			tx.BackendErrors = c.back
		}
		if got := shown(tx, c.status); got != c.want {
			t.Errorf("%d: %s, want %s", c.status, got, c.want)
		}
	}
	tx.FrontendErrors, tx.BackendErrors = (*Pages)(nil), (*Pages)(nil)
	if got := shown(tx, 503); got != "Service Unavailable" {
		t.Error(got)
	}
}

func TestPagesGroups(t *testing.T) {
	group, p := new(Pages), new(Pages)
	if err := group.AddFile(503, "testdata/pages/503.http"); err != nil {
		t.Fatal(err)
	}
	if missing, err := p.AddGroup(group, 404, 503); err != nil || !slices.Equal(missing, []int{404}) || !p.Has(503) || p.Has(404) {
		t.Errorf("%v %v", missing, err)
	}
	if _, err := p.AddGroup(group, 418); err == nil || err.Error() != "status code '418' not handled." {
		t.Error(err)
	}
	all := new(Pages)
	if _, err := all.AddGroup(group); err != nil || !all.Has(503) {
		t.Error(err)
	}
	if err := all.AddReply(testEnv(), &Reply{Status: 503, DefaultErrorfiles: true}); err != nil || all.Has(503) {
		t.Errorf("default-errorfiles keeps the page: %v", err)
	}
	if err := p.AddLocation(403, "/", 301); err == nil {
		t.Error("a redirect with 301 is taken")
	}
	env := testEnv()
	env.Lookup = names{"g": group}
	for status, want := range map[int]string{503: "Slow Down", 404: "Not Found"} {
		r := &Return{Reply{Status: status, Errorfiles: "g"}}
		if err := r.Compile(env); err != nil {
			t.Fatal(err)
		}
		tx := newTxn(t, defaultRequest)
		if v := r.Exec(tx); v != txn.Answer || string(tx.Res.Reason) != want {
			t.Errorf("%d: %v %s", status, v, tx.Res.Reason)
		}
	}
}
