package haproxy

import (
	"cmp"
	"os"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/logformat"
	"github.com/caddy-haproxy/caddy-haproxy/modules/logtarget"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
)

// logs compiles formats and opens targets.
func (c *proxyBuilder) logs() {
	p, l := c.p, &c.e.Log
	l.Tag = []byte(cmp.Or(p.LogTag, c.cfg.Global.LogTag))
	l.Host = []byte(c.hostname())
	l.Policy = logformat.Policy{
		DontLogNull: p.Option.Dontlognull, DontLogNormal: p.Option.DontlogNormal, SeparateErrors: p.Option.LogSeparateErrors,
	}
	l.Asap = p.Option.Logasap
	l.Format = c.format(logFormat(p.LogFormat), logformat.Log, sample.Log, "log-format")
	l.SD = c.format(p.LogFormatSD, logformat.Log, sample.Log, "log-format-sd")
	l.ErrorFormat = c.format(p.ErrorLogFormat, logformat.Log, sample.Log, "error-log-format")
	global := false
	for i := range p.Log {
		if p.Log[i].Global {
			if global { // said again below an inherited one: HAProxy sends each line once
				continue
			}
			global = true
			for j := range c.cfg.Global.Log {
				c.openLog(&c.cfg.Global.Log[j])
			}
			continue
		}
		c.openLog(&p.Log[i])
	}
}

// logFormat resolves the names of the built-in formats.
func logFormat(s string) string {
	switch s {
	case "httplog":
		return logformat.HTTPLog
	case "clf":
		return logformat.CLF
	case "tcplog":
		return logformat.TCPLog
	case "httpslog":
		return logformat.HTTPSLog
	}
	return s
}

func (c *proxyBuilder) openLog(t *logtarget.Target) {
	if !c.live {
		if err := t.Validate(); err != nil {
			c.fail(c.p.Where("log"), err)
		}
		return
	}
	sink, err := logtarget.Open(t)
	if err != nil {
		c.fail(c.p.Where("log"), err)
		return
	}
	c.out.undo = append(c.out.undo, func() { sink.Close() })
	c.e.Log.Sinks = append(c.e.Log.Sinks, sink)
}

// hostname is what log-send-hostname puts into log lines.
func (b *builder) hostname() string {
	h := b.cfg.Global.LogSendHostname
	if h != "-" {
		return h
	}
	h, _ = os.Hostname()
	return strings.TrimSpace(h)
}
