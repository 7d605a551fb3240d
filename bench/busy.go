package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// besideLoad saturates the loops with wrk and measures what else the process does meanwhile: its admin API, TLS
// handshakes of an https site of Caddy's own http app, and health checks. haproxy has only the last. The third column is
// an idle Caddy with the same site beside the saturated process: what the busy machine adds.
func (t *trial) besideLoad(ctx context.Context, r *result) error {
	r.names = []string{"haproxy", "this", "idle caddy"}
	var columns [3][3][]float64 // by contender and what is probed, the p99 of every round
	for i, name := range []string{"haproxy", "this"} {
		if !slices.ContainsFunc(t.opt.contenders, func(c contender) bool { return c.name == name }) {
			continue
		}
		if err := t.busyProgram(ctx, name, func(own, beside probed) {
			for n, s := range []probes{own.Admin, own.TLS, own.Check} {
				if s.Count > 0 {
					columns[i][n] = append(columns[i][n], float64(s.P99))
				}
			}
			if name == "this" {
				columns[2][0] = append(columns[2][0], float64(beside.Admin.P99))
				columns[2][1] = append(columns[2][1], float64(beside.TLS.P99))
			}
		}); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for n, name := range []string{"admin API, p99", "TLS handshake, p99", "health check, p99"} {
		m := measure{name: name, show: showTime, goal: t.cell.goal}
		for _, c := range columns {
			m.values = append(m.values, median(c[n]))
		}
		r.measures = append(r.measures, m)
	}
	r.notes = append(r.notes, "Requests `GET /config/`, handshakes on new connections, about 100 a second of each, 80 checks a second. A check counts from the accept at the"+
		" checked server until the checker has taken the answer and closed. The idle Caddy shows what waiting for a processor adds to both sides.")
	return nil
}

// busyProgram runs the rounds of one program.
func (t *trial) busyProgram(ctx context.Context, name string, note func(own, beside probed)) error {
	dir, err := os.MkdirTemp(t.dir, "")
	if err != nil {
		return err
	}
	tlsPort, err := freePort()
	if err != nil {
		return err
	}
	plan := proberPlan{}
	if name == "this" {
		plan.Targets = append(plan.Targets, target{Admin: adminSocket(dir), TLS: address(tlsPort)})
		idle, other, err := t.idleCaddy()
		if err != nil {
			return err
		}
		defer idle.stop()
		plan.Targets = append(plan.Targets, other)
	}
	var ready proberReady
	h, err := startHelper(ctx, "prober", plan, &ready)
	if err != nil {
		return err
	}
	defer h.stop()
	p, err := t.startBusy(ctx, name, dir, tlsPort, ready.Check)
	if err != nil {
		return err
	}
	defer p.stop()
	for range t.opt.rounds {
		own, beside, err := t.probeUnderLoad(ctx, h, p)
		if err != nil {
			return fmt.Errorf("%w\n%s", err, p.out.String())
		}
		note(own, beside)
	}
	return nil
}

// probeUnderLoad lets the prober work in the middle of a turn of wrk.
func (t *trial) probeUnderLoad(ctx context.Context, h *helper, p *process) (own, beside probed, err error) {
	loaded := make(chan error, 1)
	go func() {
		_, err := wrk(ctx, t.opt.duration+1e9, t.cell, p.port)
		loaded <- err
	}()
	var got []probed
	err = pause(ctx, 5e8)
	if err == nil {
		err = h.order(proberOrder{For: t.opt.duration}, &got)
	}
	if err2 := <-loaded; err == nil {
		err = err2
	}
	if err != nil {
		return own, beside, err
	}
	own = got[0]
	if len(got) > 1 {
		beside = got[1]
	}
	return own, beside, nil
}

// startBusy starts haproxy or this engine with servers to check and, this engine, with an https site.
func (t *trial) startBusy(ctx context.Context, name, dir string, tlsPort, check int) (*process, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := t.settings(dir, port)
	s.Check = check
	file, err := write("busy.cfg", s)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(contenders, func(c contender) bool { return c.name == name })
	argv := contenders[i].command(t.lab, file)
	if name == "this" {
		text, err := exec.CommandContext(ctx, t.caddy, "adapt", "--adapter", "haproxy", "--config", file).Output()
		if err != nil {
			return nil, fmt.Errorf("adapting: %w", err)
		}
		if file, err = writeSite(dir, tlsPort, text); err != nil {
			return nil, err
		}
		argv = []string{t.caddy, "run", "--config", file}
	}
	return t.launch(contenders[i], dir, port, argv)
}

// idleCaddy starts a Caddy that has only the https site.
func (t *trial) idleCaddy() (*process, target, error) {
	dir, err := os.MkdirTemp(t.dir, "")
	if err != nil {
		return nil, target{}, err
	}
	port, err := freePort()
	if err != nil {
		return nil, target{}, err
	}
	file, err := writeSite(dir, port, []byte("{}"))
	if err != nil {
		return nil, target{}, err
	}
	p, err := start("idle caddy", dir, port, []string{t.caddy, "run", "--config", file}, caddyEnv(dir))
	return p, target{Admin: adminSocket(dir), TLS: address(port)}, err
}

// writeSite adds an https site with a certificate of Caddy's own authority to a JSON configuration, and writes it.
func writeSite(dir string, port int, config []byte) (string, error) {
	type object = map[string]any
	var all struct {
		Admin any    `json:"admin"`
		Apps  object `json:"apps"`
	}
	if err := json.Unmarshal(config, &all); err != nil {
		return "", err
	}
	if all.Apps == nil {
		all.Apps = object{}
	}
	all.Admin = object{"listen": "unix/" + adminSocket(dir), "config": object{"persist": false}}
	all.Apps["http"] = object{"servers": object{"site": object{
		"listen":                  []string{address(port)},
		"routes":                  []object{{"handle": []object{{"handler": "static_response", "body": "ok\n"}}}},
		"tls_connection_policies": []object{{}},
		"automatic_https":         object{"disable": true},
	}}}
	all.Apps["tls"] = object{
		"certificates": object{"automate": []string{siteName}},
		"automation":   object{"policies": []object{{"subjects": []string{siteName}, "issuers": []object{{"module": "internal"}}}}},
	}
	all.Apps["pki"] = object{"certificate_authorities": object{"local": object{"install_trust": false}}}
	text, err := json.Marshal(all)
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "site.json")
	return file, os.WriteFile(file, text, 0o600)
}

// siteName is the https site's.
const siteName = "localhost"
