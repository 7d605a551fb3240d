package haproxyadapter

import "github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"

// later makes rows of keywords that are errors until their feature is there.
func later(in place, names []string) []keyword {
	rows := make([]keyword, len(names))
	for i, name := range names {
		rows[i] = keyword{name: name, in: in, no: true, later: true}
	}
	return rows
}

// ignore is the row of a word that changes nothing which traffic or its observers could see.
func ignore(name, why string) keyword {
	return keyword{name: name, in: inGlobal | inAll, no: true, warn: why, parse: func(_ *parser, d *cfg.Dispenser) error {
		d.Remaining()
		return nil
	}}
}

const (
	whyThreads  = "the Go runtime places its threads itself"
	whyPoll     = "the program polls in one way only"
	whyMemory   = "the Go runtime manages memory itself"
	whyBuffers  = "the system sizes socket buffers and queues itself"
	whyRights   = "the program keeps its own rules for rights and files"
	whyNoSuch   = "there is nothing here that it could change"
	whyCounters = "counters are always up to date"
)

func ignoreNumber(_ *parser, d *cfg.Dispenser) error {
	_, err := integer(d, d.Val(), 0)
	return err
}

// globalIgnored are the words of the global section that only steer how HAProxy uses its process (configuration.txt 3).
var globalIgnored = []keyword{
	ignore("busy-polling", whyPoll), ignore("noevports", whyPoll), ignore("nokqueue", whyPoll),
	ignore("nopoll", whyPoll), ignore("tune.maxpollevents", whyPoll), ignore("tune.fd.edge-triggered", whyPoll),
	ignore("cpu-map", whyThreads), ignore("numa-cpu-mapping", whyThreads), ignore("thread-group", whyThreads),
	ignore("thread-groups", whyThreads),
	ignore("tune.listener.multi-queue", whyThreads), ignore("tune.runqueue-depth", whyThreads),
	ignore("tune.sched.low-latency", whyThreads), ignore("profiling.tasks", whyThreads),
	ignore("profiling.memory", whyThreads),
	ignore("no-memory-trimming", whyMemory), ignore("tune.buffers.limit", whyMemory), ignore("tune.buffers.reserve", whyMemory),
	ignore("tune.fail-alloc", whyMemory), ignore("tune.pattern.cache-size", whyMemory),
	ignore("tune.pool-high-fd-ratio", whyMemory), ignore("tune.pool-low-fd-ratio", whyMemory), ignore("maxzlibmem", whyMemory),
	ignore("tune.zlib.memlevel", whyMemory), ignore("tune.zlib.windowsize", whyMemory),
	ignore("tune.rcvbuf.client", whyBuffers), ignore("tune.rcvbuf.server", whyBuffers), ignore("tune.recv_enough", whyBuffers),
	ignore("tune.sndbuf.client", whyBuffers), ignore("tune.sndbuf.server", whyBuffers), ignore("tune.idletimer", whyBuffers),
	ignore("noreuseport", whyBuffers), ignore("nogetaddrinfo", "names are resolved in the background"),
	ignore("insecure-fork-wanted", whyRights), ignore("insecure-setuid-wanted", whyRights), ignore("set-dumpable", whyRights),
	ignore("expose-experimental-directives", whyNoSuch), ignore("mworker-max-reloads", whyNoSuch),
	ignore("pp2-never-send-local", whyNoSuch), ignore("tune.h2.header-table-size", whyNoSuch),
	ignore("tune.h2.initial-window-size", whyNoSuch), ignore("tune.h2.max-concurrent-streams", whyNoSuch),
	ignore("tune.h2.max-frame-size", whyNoSuch), ignore("tune.peers.max-updates-at-once", whyNoSuch),
	ignore("tune.quic.frontend.conn-tx-buffers.limit", whyNoSuch), ignore("tune.quic.frontend.max-idle-timeout", whyNoSuch),
	ignore("tune.quic.frontend.max-streams-bidi", whyNoSuch), ignore("tune.quic.retry-threshold", whyNoSuch),
	ignore("ssl-mode-async", whyNoSuch), ignore("h2-workaround-bogus-websocket-clients", whyNoSuch),
	ignore("tune.comp.maxlevel", whyNoSuch),
}

// globalLater are the words of the global section whose feature is not there yet (configuration.txt 3).
var globalLater = []string{
	"51degrees-cache-size", "51degrees-data-file", "51degrees-property-name-list", "51degrees-property-separator",
	"close-spread-time", "cluster-secret", "deviceatlas-json-file", "deviceatlas-log-level", "deviceatlas-properties-cookie",
	"deviceatlas-separator", "external-check", "fd-hard-limit", "grace", "h1-accept-payload-with-any-method", "h1-case-adjust",
	"h1-case-adjust-file", "httpclient.resolvers.id", "httpclient.resolvers.prefer", "httpclient.ssl.ca-file",
	"httpclient.ssl.verify", "issuers-chain-path", "lua-load", "lua-load-per-thread", "lua-prepend-path", "maxcompcpuusage",
	"maxcomprate", "maxconnrate", "maxsessrate", "maxsslconn", "maxsslrate", "server-state-base", "server-state-file",
	"ssl-engine", "ssl-load-extra-del-ext", "ssl-load-extra-files", "ssl-propquery", "ssl-provider", "ssl-provider-path",
	"tune.lua.forced-yield", "tune.lua.maxmem", "tune.lua.service-timeout", "tune.lua.session-timeout",
	"tune.lua.task-timeout", "tune.vars.check-max-size", "tune.vars.global-max-size", "tune.vars.proc-max-size",
	"tune.vars.reqres-max-size", "tune.vars.sess-max-size", "tune.vars.txn-max-size", "wurfl-cache-size", "wurfl-data-file",
	"wurfl-information-list", "wurfl-information-list-separator", "wurfl-patch-file",
}

// proxyIgnored are the words of a proxy that change nothing here.
var proxyIgnored = []keyword{
	ignore("bind-process", whyThreads),
	{name: "backlog", in: inFront, warn: "the system's largest queue is used", parse: ignoreNumber},
	ignore("option contstats", whyCounters), ignore("option socket-stats", whyCounters),
	ignore("option tcp-smart-accept", whyBuffers), ignore("option tcp-smart-connect", whyBuffers),
	ignore("option disable-h2-upgrade", "HTTP/2 is not spoken on clear connections"),
}

// proxyLater are the words of proxies whose feature is not there yet (configuration.txt 4.1).
var proxyLater = []string{
	"clitcpka-cnt", "clitcpka-idle", "clitcpka-intvl", "compression", "dispatch", "email-alert from", "email-alert level",
	"email-alert mailers", "email-alert myhostname", "email-alert to", "external-check", "filter", "force-persist",
	"hash-balance-factor", "hash-type",
	"http-send-name-header", "ignore-persist", "load-server-state-from-file", "max-keep-alive-queue",
	"option checkcache", "option external-check",
	"option h1-case-adjust-bogus-client", "option h1-case-adjust-bogus-server", "option http-use-proxy-header",
	"option httpslog", "option idle-close-on-response", "option independent-streams", "option ldap-check",
	"option mysql-check", "option nolinger", "option persist", "option pgsql-check", "option prefer-last-server",
	"option redis-check", "option smtpchk", "option spop-check", "option ssl-hello-chk", "option tcp-check",
	"option transparent", "persist rdp-cookie", "rate-limit", "rate-limit sessions",
	"server-state-file-name", "server-template", "source",
	"srvtcpka-cnt", "srvtcpka-idle", "srvtcpka-intvl", "stick match", "stick on", "stick store-request",
	"stick store-response", "stick-table", "tcp-check", "tcp-request", "tcp-response", "transparent", "use-fcgi-app",
	"use-server",
}
