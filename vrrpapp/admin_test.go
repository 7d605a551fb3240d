package vrrpapp

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// TestOrdersByAPI: what the admin API answers, and what reaches the speaker.
func TestOrdersByAPI(t *testing.T) {
	status := func(name string, s fsm.State) speaker.Status {
		return speaker.Status{Name: name, Status: fsm.Status{State: s}}
	}
	all := []speaker.Status{status("M", fsm.Master), status("a/b", fsm.Backup), status("L", fsm.Leaving), status("F", fsm.Fault)}
	for _, row := range []struct {
		name, method, path string
		of                 []speaker.Status
		code               int
		answer             string
		told               []string
	}{
		{"a master hands over", "POST", "/vrrp/M/handover", all, 204, "", []string{"order M handover"}},
		{"one that is leaving does already", "POST", "/vrrp/L/handover", all, 204, "", []string{"order L handover"}},
		{"all, of which one is master", "POST", "/vrrp/handover", all, 204, "", []string{"order  handover"}},
		{"a backup has nothing", "POST", "/vrrp/a/b/handover", all, 409, "there is nothing to hand over: a/b is BACKUP", nil},
		{"nobody has anything", "POST", "/vrrp/handover", all[3:], 409, "there is nothing to hand over: F is FAULT", nil},
		{"a backup can be held", "POST", "/vrrp/a/b/hold", all, 204, "", []string{"order a/b hold"}},
		{"an unknown name", "POST", "/vrrp/X/handover", all, 404, errNoInstance.Error(), nil},
		{"an unknown order", "POST", "/vrrp/M/sing", all, 404, errOrder.Error(), nil},
		{"an unknown method", "PUT", "/vrrp/M/hold", all, 405, errMethod.Error(), nil},
		{"one is shown", "GET", "/vrrp/M", all, 200, "", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := &fake{status: row.of}
			proc.change(func() { proc.speaker = f })
			defer proc.change(func() { proc.speaker = nil })
			w := httptest.NewRecorder()
			err := serveVRRP(w, httptest.NewRequest(row.method, row.path, http.NoBody))
			code, answer := w.Code, ""
			if e := (caddy.APIError{}); errors.As(err, &e) {
				code, answer = e.HTTPStatus, e.Err.Error()
			}
			if code != row.code || answer != row.answer {
				t.Errorf("%d %q, want %d %q", code, answer, row.code, row.answer)
			}
			f.expect(t, row.told...)
		})
	}
}
