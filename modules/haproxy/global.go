package haproxy

import (
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/logtarget"
)

// Global holds the settings of the whole process (configuration.txt 3).
type Global struct {
	// Maxconn is how many client connections are served at once; further ones wait in the kernel's backlog ("maxconn").
	// Default: what the limit of open files allows.
	Maxconn int `json:"maxconn,omitempty"`
	// Log are the targets that `log global` refers to ("log").
	Log []logtarget.Target `json:"log,omitempty"`
	// LogSendHostname is the host name in log lines; "-" stands for the system's name ("log-send-hostname"). Default: none.
	LogSendHostname string `json:"log_send_hostname,omitempty"`
	// LogTag is the program's name in log lines ("log-tag"). Default: haproxy.
	LogTag string `json:"log_tag,omitempty"`

	// Node and Description are shown by stats ("node", "description"). Node's default is the host's name.
	Node        string `json:"node,omitempty"`
	Description string `json:"description,omitempty"`
	// Localpeer is this process's name among peers ("localpeer").
	Localpeer string `json:"localpeer,omitempty"`

	// StatsSocket are the places where commands are taken ("stats socket").
	StatsSocket []*StatsSocket `json:"stats_socket,omitempty"`
	// StatsTimeout closes idle connections to them ("stats timeout"). Default: 10s.
	StatsTimeout Duration `json:"stats_timeout,omitempty"`
	// StatsMaxconn is how many such connections are served at once ("stats maxconn"). Default: 10.
	StatsMaxconn int `json:"stats_maxconn,omitempty"`

	// HardStopAfter bounds how long a soft stop may take ("hard-stop-after"). Default: no bound.
	HardStopAfter Duration `json:"hard_stop_after,omitempty"`
	// SpreadChecks moves each check by up to this percentage of its interval, 0 to 50 ("spread-checks").
	SpreadChecks int `json:"spread_checks,omitempty"`
	// MaxSpreadChecks bounds the time over which the first checks are spread ("max-spread-checks").
	MaxSpreadChecks Duration `json:"max_spread_checks,omitempty"`
	// SetVar are process variables that are set at start ("set-var", "set-var-fmt").
	SetVar []SetVar `json:"set_var,omitempty"`

	// Nbthread is how many event loops serve connections, 1 to 64 ("nbthread"). Default: one for each CPU.
	Nbthread int `json:"nbthread,omitempty"`
	// Noepoll serves sessions on goroutines over the Go runtime's poller instead of own event loops ("noepoll").
	Noepoll bool `json:"noepoll,omitempty"`
	// Nosplice copies the bodies of messages instead of letting the kernel move them with splice(2) ("nosplice").
	Nosplice bool `json:"nosplice,omitempty"`
	// Maxpipes is how many pipes there may be for splice(2); bodies are copied when none is left ("maxpipes"). Default: a
	// quarter of maxconn.
	Maxpipes int `json:"maxpipes,omitempty"`

	// Process is what the haproxy command does with the process; `caddy run` leaves it to the service manager.
	Process Process `json:"process,omitzero"`
	// Tune are the sizes and limits that have defaults which seldom need a change ("tune....").
	Tune Tune `json:"tune,omitzero"`
	// SSL are the defaults of TLS listeners and servers.
	SSL SSLDefaults `json:"ssl,omitzero"`
}

// Process is what the haproxy command does with its own process (configuration.txt 3.1).
type Process struct {
	// Daemon goes to the background ("daemon").
	Daemon bool `json:"daemon,omitempty"`
	// MasterWorker keeps a master process ("master-worker").
	MasterWorker bool `json:"master_worker,omitempty"`
	// Pidfile is where the process's number is written ("pidfile").
	Pidfile string `json:"pidfile,omitempty"`
	// Chroot, User, Group, UID, GID give up rights once all addresses are bound ("chroot", "user", ...).
	Chroot string `json:"chroot,omitempty"`
	User   string `json:"user,omitempty"`
	Group  string `json:"group,omitempty"`
	UID    *int   `json:"uid,omitempty"`
	GID    *int   `json:"gid,omitempty"`
	// UlimitN is the limit of open files ("ulimit-n"). Default: computed from maxconn.
	UlimitN int `json:"ulimit_n,omitempty"`
	// StrictLimits refuses to start when a limit cannot be set; nil means true ("strict-limits").
	StrictLimits *bool `json:"strict_limits,omitempty"`
	// Quiet and ZeroWarning are the command's flags -q and -dW ("quiet", "zero-warning").
	Quiet       bool `json:"quiet,omitempty"`
	ZeroWarning bool `json:"zero_warning,omitempty"`
}

// Tune are the sizes and limits of configuration.txt 3.2.
type Tune struct {
	// Bufsize bounds a request or response head together with Maxrewrite ("tune.bufsize"). Default: 16384.
	Bufsize int `json:"bufsize,omitempty"`
	// Maxrewrite is the part of Bufsize that is kept free for added headers ("tune.maxrewrite"). Default: 1024.
	Maxrewrite int `json:"maxrewrite,omitempty"`
	// HTTPMaxhdr is the largest number of headers ("tune.http.maxhdr"). Default: 101.
	HTTPMaxhdr int `json:"http_maxhdr,omitempty"`
	// HTTPLogurilen bounds the request line in logs ("tune.http.logurilen"). Default: 1024.
	HTTPLogurilen int `json:"http_logurilen,omitempty"`
	// Pipesize is the size in bytes of the pipes for splice(2) ("tune.pipesize"). Default: the system's, 65536 with Linux.
	Pipesize int `json:"pipesize,omitempty"`
	// Maxaccept is how many connections are accepted in a row before other work is done, negative for no limit
	// ("tune.maxaccept"). Default: a small number that suits the event loops.
	Maxaccept int `json:"maxaccept,omitempty"`
	// IdlePoolShared lets an event loop take idle server connections of another one; nil means true
	// ("tune.idle-pool.shared").
	IdlePoolShared *bool `json:"idle_pool_shared,omitempty"`
}

// SetVar sets one process variable at start (configuration.txt 3.1 "set-var", "set-var-fmt").
type SetVar struct {
	// Name begins with "proc.".
	Name string `json:"name"`
	// Expr is a sample expression of constants.
	Expr string `json:"expr,omitempty"`
	// Format is a log-format string instead.
	Format string `json:"format,omitempty"`

	Pos cfg.Pos `json:"-"`
}
