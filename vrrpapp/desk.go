package vrrpapp

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/guard"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/notify"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// desk passes the speaker's reports on to the log, the scripts and FIFOs, Caddy's events and the metrics, in their order and
// outside of the speaker's goroutine.
type desk struct {
	in       chan speaker.Report
	done     chan struct{}
	dropped  atomic.Uint64
	notifier *notify.Notifier
	counts   counts

	mu      sync.Mutex
	ruling  *built
	retired map[string]notify.Scripts // of instances that a reload took away, until they have ended
	deleted map[string]bool           // of those: say DELETED
	end     bool
}

// deskDepth is how many reports may wait for a slow event handler. Scripts do not hold the desk up.
const deskDepth = 8192

// newDesk opens a desk that b rules until rule says otherwise.
func newDesk(b *built) *desk {
	d := &desk{
		in: make(chan speaker.Report, deskDepth), done: make(chan struct{}), ruling: b,
		retired: map[string]notify.Scripts{}, deleted: map[string]bool{},
	}
	d.notifier = notify.New(d.failed)
	d.counts = counts{transitions: map[transition]uint64{}, leaving: map[string]time.Time{}, handovers: map[string]time.Duration{}}
	go d.run()
	return d
}

// failed is a script's or a FIFO's trouble.
func (d *desk) failed(what string, err error) {
	d.ruler().log.Error(what, "error", err)
}

func (d *desk) ruler() *built {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ruling
}

// report is the speaker's: it never blocks.
func (d *desk) report(r speaker.Report) {
	select {
	case d.in <- r:
	default:
		d.dropped.Add(1)
	}
}

func (d *desk) run() {
	defer close(d.done)
	for r := range d.in {
		b := d.ruler()
		if n := d.dropped.Swap(0); n > 0 {
			b.log.Error("reports were lost: an event handler is too slow", "count", n)
		}
		d.handle(b, r)
	}
}

// rule says whose settings decide about reports from now on.
func (d *desk) rule(b *built) error {
	d.mu.Lock()
	was := d.ruling
	if was != nil {
		for name, s := range was.scripts.config.Instances {
			d.retired[name], d.deleted[name] = s, was.scripts.deleted[name]
		}
	}
	for name := range b.scripts.config.Instances {
		delete(d.retired, name)
	}
	c := b.scripts.with(d.retired)
	d.ruling = b
	d.mu.Unlock()
	warnings, err := d.notifier.Apply(c)
	for _, w := range warnings {
		b.log.Warn(w)
	}
	return err
}

// stopping makes that an instance that ends is reported as STOP.
func (d *desk) stopping() {
	d.mu.Lock()
	d.end = true
	d.mu.Unlock()
}

// close waits until everything has been passed on. The speaker has ended.
func (d *desk) close() {
	close(d.in)
	<-d.done
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	d.notifier.Stop(ctx)
}

func (d *desk) handle(b *built, r speaker.Report) {
	switch r.Kind {
	case speaker.Changed:
		d.changed(b, r)
	case speaker.PriorityChanged:
		b.log.Info("priority", attrs(r)...)
		if b.scripts.priorities[r.Router] {
			state := notify.BackupPriority
			if r.To.Holds() {
				state = notify.MasterPriority
			}
			d.notifier.Changed(notify.Instance, r.Router, state, r.Priority)
		}
	case speaker.LowerPriority:
		d.notifier.Changed(notify.Instance, r.Router, notify.MasterRxLowerPri, r.Priority)
	case speaker.Failed:
		b.log.Error("refused by the kernel", attrs(r)...)
	case guard.Restarted:
		b.log.Error("the guard process died", attrs(r)...)
	default:
		b.log.Warn(sentence(r.Why), attrs(r)...)
	}
}

// changed tells about a state. Scripts and events follow the roles, the log every change.
func (d *desk) changed(b *built, r speaker.Report) {
	level := slog.LevelInfo
	if r.To == fsm.Fault {
		level = slog.LevelWarn
	}
	b.log.Log(context.Background(), level, r.From.String()+" -> "+r.To.String(), attrs(r)...)
	d.counts.count(r)
	if r.From.Role() == r.To.Role() {
		return
	}
	kind, name := notify.Instance, r.Router
	if r.Group != "" {
		kind, name = notify.Group, r.Group
	}
	state := d.word(r)
	if r.To == fsm.Init && r.Group == "" {
		d.bury(r.Router)
	}
	d.notifier.Changed(kind, name, state, r.Priority)
	switch state {
	case notify.Master, notify.Backup, notify.Fault:
		b.emit("vrrp."+strings.ToLower(string(state)), map[string]any{
			"instance": r.Router, "group": r.Group, "from": r.From.Role().String(), "to": string(state), "reason": string(r.Why),
			"priority": int(r.Priority),
		})
	}
}

// word is the state for scripts.
func (d *desk) word(r speaker.Report) notify.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch r.To.Role() {
	case fsm.Master:
		return notify.Master
	case fsm.Backup:
		return notify.Backup
	case fsm.Fault:
		return notify.Fault
	}
	_, gone := d.retired[r.Router]
	switch {
	case d.end:
		return notify.Stop
	case gone && d.deleted[r.Router]:
		return notify.Deleted
	case gone:
		return notify.Fault
	}
	return notify.Stop
}

// bury forgets an instance that a reload took away: its end has been told.
func (d *desk) bury(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.retired, name)
	delete(d.deleted, name)
}

// attrs are what a report says, without what it does not.
func attrs(r speaker.Report) (out []any) {
	add := func(name string, v any, there bool) {
		if there {
			out = append(out, slog.Any(name, v))
		}
	}
	add("instance", r.Router, r.Router != "")
	add("group", r.Group, r.Group != "")
	add("reason", string(r.Why), r.Why != "" && r.Kind == speaker.Changed)
	add("priority", r.Priority, r.Kind == speaker.Changed || r.Kind == speaker.PriorityChanged)
	add("peer", r.Peer, r.Peer.IsValid())
	add("count", r.Count, r.Count > 1)
	add("detail", r.Detail, r.Detail != "")
	return out
}

// sentences say what a reason means to an operator; the reason itself is the metric's label.
var sentences = map[fsm.Reason]string{
	fsm.OwnAddress:        "refused: a message from our own address: an echo, or the address is twice on the network",
	fsm.UnknownPeer:       "refused: unicast from a node that is not in unicast_peer",
	fsm.PeerTTL:           "refused: TTL outside of the peer's min_ttl and max_ttl",
	fsm.VersionDiffers:    "refused: the peer speaks another version: both will be masters",
	fsm.AuthType:          "refused: the peer has another auth_type: both will be masters",
	fsm.AuthData:          "refused: the peer has another auth_pass: both will be masters",
	fsm.ForeignCluster:    "refused: another cluster uses our virtual_router_id",
	fsm.IntervalDiffers:   "the peer has another advert_int",
	fsm.AddressesDiffer:   "the peer has other addresses in virtual_ipaddress; keepalived before 2.3.3 refuses our messages",
	fsm.OtherMaster:       "split brain: another node is master too",
	fsm.OldPassword:       "the peer still uses the password from before the reload",
	fsm.EqualPriority:     "the peer has our priority: the higher address decides",
	fsm.HeldWithoutMaster: "there is no master, and this node is held back",
	speaker.ForeignVRID:   "advertisements for a virtual router that is not ours",
	speaker.VRIDDiffers:   "another virtual_router_id announces our address: both will be masters",
	speaker.KindDiffers:   "the peer speaks multicast where unicast is expected, or the reverse, or to another group: it is not heard",
	speaker.NotAlone:      "another process runs virtual routers here: addresses that may be its own are left alone",
	speaker.HeldElsewhere: "another node answers for a virtual address",
	fsm.Late:              "a timer came late: this machine is too busy for this advert_int",
}

func sentence(r fsm.Reason) string {
	if s, ok := sentences[r]; ok {
		return s
	}
	return strings.ReplaceAll(string(r), "_", " ")
}
