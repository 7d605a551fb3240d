package haproxycmd

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter"
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
)

// catch takes the signals of management.txt 4.
func (c *command) catch() <-chan os.Signal {
	ch := make(chan os.Signal, 8)
	signal.Notify(ch, syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGHUP, syscall.SIGQUIT,
		syscall.SIGTTOU, syscall.SIGTTIN, syscall.SIGPIPE)
	return ch
}

// patient is how long a soft stop waits for connections: for ever, as far as anybody can tell.
const patient = 10 * 365 * 24 * time.Hour

// wait obeys signals until one ends the process.
func (c *command) wait(signals <-chan os.Signal) int {
	var stopped chan struct{}
	for {
		select {
		case <-stopped:
			return 0
		case s := <-signals:
			switch s {
			case syscall.SIGTERM, syscall.SIGINT:
				return c.stopNow(s, stopped != nil)
			case syscall.SIGUSR1:
				if stopped == nil {
					stopped = make(chan struct{})
					go c.stopSoft(stopped)
				}
			case syscall.SIGUSR2:
				if c.conf.Global.Process.MasterWorker && stopped == nil {
					c.reload()
				}
			case syscall.SIGHUP:
				c.dump()
			}
		}
	}
}

// stopNow ends all connections. The exit status is 0, but 130 for an interrupted master.
func (c *command) stopNow(s os.Signal, stopping bool) int {
	haproxy.SetHardStop(0)
	if !stopping {
		vrrpapp.Leave()
		caddy.Stop()
	}
	if s == syscall.SIGINT && c.conf.Global.Process.MasterWorker {
		return 130
	}
	return 0
}

// stopSoft closes all listeners and lets connections finish, no longer than hard-stop-after.
func (c *command) stopSoft(done chan<- struct{}) {
	limit := time.Duration(c.conf.Global.HardStopAfter)
	if limit == 0 {
		limit = patient
	}
	haproxy.SetHardStop(limit)
	list := haproxy.Statistics().Proxies()
	vrrpapp.Leave()
	caddy.Stop()
	for _, p := range list {
		var fe, be int64
		if p.Frontend != nil {
			fe = p.Frontend.SessTotal.Load()
		}
		if p.Backend != nil {
			be = p.Backend.SessTotal.Load()
		}
		c.report.event(cfg.Warning, fmt.Sprintf("Proxy %s stopped (cumulated conns: FE: %d, BE: %d).", p.Name, fe, be))
	}
	close(done)
}

// reload reads the files again. The former configuration stays in force when anything is wrong with them.
func (c *command) reload() {
	c.report.event(cfg.Notice, "Reloading HAProxy")
	c.report.introduced = false
	former, formerVRRP := c.conf, c.vrrp
	if !c.again() {
		c.conf, c.vrrp = former, formerVRRP
		c.report.say(cfg.Warning, "Loading failure!")
		return
	}
	c.report.event(cfg.Notice, "Loading success.")
}

func (c *command) again() bool {
	files, err := readFiles(c.files)
	if err != nil {
		c.report.say(cfg.Alert, "%s", err)
		return false
	}
	apps, diags := haproxyadapter.Adapt(files, haproxyadapter.Options{LocalPeer: c.localPeer, Command: true})
	conf := apps.HAProxy
	master := c.conf.Global.Process.MasterWorker
	c.override(conf)
	conf.Global.Process.MasterWorker = master
	if _, stop := c.judge(conf, diags); stop {
		return false
	}
	c.conf, c.vrrp = conf, apps.VRRP
	if err := c.start(); err != nil {
		c.refused(err)
		return false
	}
	return true
}

// dump says how the servers are (SIGHUP).
func (c *command) dump() {
	c.report.event(cfg.Warning, "SIGHUP received, dumping servers states.")
	for _, p := range haproxy.Statistics().Proxies() {
		if p.Backend == nil {
			continue
		}
		for _, s := range p.Backend.Servers() {
			state := "UP"
			if !s.IsUp() {
				state = "DOWN"
			}
			c.report.event(cfg.Warning, fmt.Sprintf("SIGHUP: Server %s/%s is %s. Conn: %d act, %d pend, %d tot.",
				p.Name, s.Name(), state, s.Conns(), s.QueueLen(), s.SessTotal.Load()))
		}
	}
}
