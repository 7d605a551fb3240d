package vrrpapp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

func init() { caddy.RegisterModule(adminAPI{}) }

// adminAPI is the part of Caddy's admin API that is about virtual routers:
//
//	GET  /vrrp                   all of them, as Overview
//	GET  /vrrp/NAME              one, as speaker.Status
//	POST /vrrp/NAME/handover     leave mastership to a peer of any priority; stay if there is none. 409: it is not master
//	POST /vrrp/NAME/hold         stay backup until resume; a master hands over first
//	POST /vrrp/NAME/resume       end hold, and the effect of handover
//	POST /vrrp/handover          (hold, resume) all of them
type adminAPI struct{}

// CaddyModule registers it.
func (adminAPI) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "admin.api.vrrp", New: func() caddy.Module { return new(adminAPI) }}
}

// Routes are Caddy's entry.
func (adminAPI) Routes() []caddy.AdminRoute {
	return []caddy.AdminRoute{
		{Pattern: "/vrrp", Handler: caddy.AdminHandlerFunc(serveVRRP)},
		{Pattern: "/vrrp/", Handler: caddy.AdminHandlerFunc(serveVRRP)},
	}
}

// Overview is the answer to GET /vrrp.
type Overview struct {
	// Node is router_id, or the host's name.
	Node string `json:"node"`
	// Guard is where the virtual routers run: "guard" or "process".
	Guard     string           `json:"runs_in"`
	Instances []speaker.Status `json:"instances"`
}

func overview() (o Overview, err error) {
	o.Instances, err = proc.statuses()
	o.Guard = proc.place()
	proc.mu.Lock()
	defer proc.mu.Unlock()
	if top := proc.top(); top != nil {
		o.Node = top.app.RouterID
	}
	if o.Node == "" {
		o.Node, _ = os.Hostname()
	}
	return o, err
}

func apiError(status int, err error) error { return caddy.APIError{HTTPStatus: status, Err: err} }

func serveVRRP(w http.ResponseWriter, r *http.Request) error {
	o, err := overview()
	if err != nil {
		return apiError(http.StatusServiceUnavailable, err)
	}
	path := strings.Trim(strings.TrimPrefix(r.URL.Path, "/vrrp"), "/")
	name, verb, slash := cutLast(path)
	switch {
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return show(w, o, path)
	case r.Method != http.MethodPost:
		return apiError(http.StatusMethodNotAllowed, errMethod)
	}
	if !slash {
		name, verb = "", path
	}
	order := speaker.Order(verb)
	if !slices.Contains([]speaker.Order{speaker.HandOver, speaker.Hold, speaker.Resume}, order) {
		return apiError(http.StatusNotFound, errOrder)
	}
	if name != "" && !slices.ContainsFunc(o.Instances, func(s speaker.Status) bool { return s.Name == name }) {
		return apiError(http.StatusNotFound, errNoInstance)
	}
	if order == speaker.HandOver {
		if err := leaves(o.Instances, name); err != nil {
			return apiError(http.StatusConflict, err)
		}
	}
	if err := proc.order(name, order); err != nil {
		return apiError(http.StatusServiceUnavailable, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// leaves says why a hand-over would do nothing: none of those addressed is master. One that is leaving already is told
// nothing new, which is no error. A name stands for its sync group, whose members have one role.
func leaves(all []speaker.Status, name string) error {
	var states []string
	for i := range all {
		s := &all[i]
		switch {
		case name != "" && s.Name != name:
		case s.State == fsm.Master || s.State == fsm.Leaving:
			return nil
		default:
			states = append(states, s.Name+" is "+s.State.String())
		}
	}
	return fmt.Errorf("%w: %s", errNotMaster, strings.Join(states, ", "))
}

// cutLast splits at the last slash: a name may contain others.
func cutLast(path string) (before, after string, ok bool) {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i], path[i+1:], true
	}
	return path, "", false
}

func show(w http.ResponseWriter, o Overview, name string) error {
	w.Header().Set("Content-Type", "application/json")
	if name == "" {
		return json.NewEncoder(w).Encode(o)
	}
	for i := range o.Instances {
		if o.Instances[i].Name == name {
			return json.NewEncoder(w).Encode(&o.Instances[i])
		}
	}
	return apiError(http.StatusNotFound, errNoInstance)
}
