package haproxycmd

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"runtime/debug"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter"
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// run starts what was loaded and stays until a signal ends it.
func (c *command) run() int {
	p := &c.conf.Global.Process
	if p.Daemon && c.child == nil {
		return c.spawn()
	}
	if c.memory > 0 {
		debug.SetMemoryLimit(int64(c.memory) << 20)
	}
	if !c.raiseFiles() {
		return 1
	}
	haproxy.OnState(c.state)
	signals := c.catch()
	if err := c.start(); err != nil {
		c.refused(err)
		return 1
	}
	if !c.giveUpRights() {
		caddy.Stop()
		return 1
	}
	c.stopOthers()
	if !c.writePidfile() {
		caddy.Stop()
		return 1
	}
	if p.MasterWorker {
		c.report.event(cfg.Notice, "Loading success.")
	}
	c.child.ready(c.report)
	return c.wait(signals)
}

// start puts the configuration in force.
func (c *command) start() error {
	body, err := c.caddyConfig()
	if err != nil {
		return err
	}
	return caddy.Load(body, true)
}

// caddyConfig is the configuration of Caddy: the app, no admin endpoint unless the environment asks for it, nothing that is
// written to the disk, and a log that says nothing but errors.
func (c *command) caddyConfig() ([]byte, error) {
	admin := map[string]any{"disabled": true}
	if addr := os.Getenv("CADDY_ADMIN"); addr != "" {
		admin = map[string]any{"listen": addr}
	}
	admin["config"] = map[string]any{"persist": false}
	level := "ERROR"
	if c.debug {
		level = "DEBUG"
	}
	log := map[string]any{"level": level, "writer": map[string]any{"output": "stderr"}}
	if c.report.silent {
		log["writer"] = map[string]any{"output": "discard"}
	}
	return json.Marshal(map[string]any{
		"admin":   admin,
		"logging": map[string]any{"logs": map[string]any{"default": log}},
		"apps":    haproxyadapter.Apps{HAProxy: c.conf, VRRP: c.vrrp},
	})
}

// refused says why a start failed.
func (c *command) refused(err error) {
	var op *net.OpError
	var sys *os.SyscallError
	if errors.As(err, &op) || errors.As(err, &sys) {
		c.report.say(cfg.Alert, "Binding for %s", plain(err))
		c.report.say(cfg.Alert, "[haproxy.main()] Some protocols failed to start their listeners! Exiting.")
		return
	}
	c.report.say(cfg.Alert, "[haproxy.main()] %s", plain(err))
}

// plain is an error without what Caddy puts before it.
func plain(err error) string {
	s := err.Error()
	for _, prefix := range []string{
		"loading new config: ", "haproxy app module: start: ", "loading haproxy app module: ", "vrrp app module: start: ",
		"loading vrrp app module: ",
	} {
		s = strings.TrimPrefix(s, prefix)
	}
	return s
}

// state says what happens to servers on the standard error output.
func (c *command) state(level int, msg string) {
	if level == 0 {
		c.report.event(cfg.Alert, quoteProxy(msg))
		return
	}
	c.report.event(cfg.Warning, msg)
}

// quoteProxy writes the proxy's name in quotes, as this sentence has it here and not in logs:
// proxy 'b' has no server available!
func quoteProxy(msg string) string {
	kind, rest, ok := strings.Cut(msg, " ")
	name, tail, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 {
		return msg
	}
	return kind + " '" + name + "' " + tail
}
