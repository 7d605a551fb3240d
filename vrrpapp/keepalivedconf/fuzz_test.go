package keepalivedconf

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// FuzzAdapt: nothing makes a panic; every message has a position; what is adapted without an error is JSON that the app's types
// hold, and its routes and rules can be read again.
func FuzzAdapt(f *testing.F) {
	for _, g := range archives(f) {
		body, _ := g.File("keepalived.conf")
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, text string) {
		none := func(string) ([]byte, error) { return nil, os.ErrNotExist }
		app, diags := Adapt([]conf.File{{Name: "keepalived.conf", Body: []byte(text)}}, Options{
			Lexer: conf.Options{ConfigID: "here", Statements: 2000, Read: none, Glob: func(string) ([]string, error) { return nil, nil }},
			Host:  fakeHost{},
		})
		for _, d := range diags {
			if d.Pos.File != "keepalived.conf" || d.Pos.Line < 1 || d.Msg == "" {
				t.Errorf("%+v", d)
			}
		}
		if diags.Err() != nil {
			return
		}
		raw, err := json.Marshal(app)
		if err != nil {
			t.Fatal(err)
		}
		again := new(vrrpapp.App)
		if err := json.Unmarshal(raw, again); err != nil {
			t.Fatal(err)
		}
		if err := readable(again); err != nil {
			t.Error(err)
		}
	})
}

// readable reads the routes and rules of the JSON as the app does.
func readable(app *vrrpapp.App) error {
	var all []error
	routes, rules := app.StaticRoutes, app.StaticRules
	for _, i := range app.Instances {
		routes, rules = append(routes, i.Routes...), append(rules, i.Rules...)
	}
	for _, r := range routes {
		_, err := netif.ParseRoute(strings.Fields(r))
		all = append(all, err)
	}
	for _, r := range rules {
		_, err := netif.ParseRule(strings.Fields(r))
		all = append(all, err)
	}
	return errors.Join(all...)
}
