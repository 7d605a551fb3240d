package speaker

import (
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// Local is a Speaker in this process. One goroutine, the loop, owns all that it knows: the machines, the links, the addresses.
// Others only hand it things: readers packets, the watcher news, callers functions to run. Messages and addresses are sent
// and changed by the loop itself; announcements, which have pauses, by the herald.
type Local struct {
	opts   Options
	ns     *netif.Namespace
	host   *netif.Host
	watch  *netif.Watcher
	herald *herald

	calls  chan func()
	wake   chan struct{}
	inbox  inbox
	news   news
	closed chan struct{} // the loop is to end
	done   chan struct{} // it has
	once   sync.Once
	ending error // of the first Close

	grieved atomic.Bool // the herald's complaint is on its way

	// What follows is the loop's.

	cfg      Config
	routers  []*router // in the configuration's order
	leaving  []*router // no longer in it, until they are in Init
	units    []*unit
	links    map[string]*link
	sockets  map[socketKey]*socket
	ears     map[earKey]*ear
	deaf     bool // the ears do not fit the sockets
	moved    bool // an own address may be elsewhere: so may an ear be, and this is looked at later
	owners   map[place]*router
	virtuals map[netip.Addr][]*router // of the configuration, whose each virtual address is
	macvlans map[macvlanKey]string    // the names of the configuration's
	vmacs    map[string]netif.VMAC    // that were made, by name
	verdicts map[string]fsm.Track
	alarms   []*alarm
	timer    *time.Timer
	firewall netif.Firewall
	ready    bool
	applied  bool
	begin    *alarm // the end of vrrp_startup_delay
	turns    uint64
	statics  statics
	said     map[saying]said
	named    map[saying]said // how many peers, in the minute that began then
	released chan struct{}   // closed when all are in Init; nil: nobody waits
	out      outgoing
	probes   probes
	company  company
}

var _ Speaker = (*Local)(nil)

var errClosed = errors.New("speaker: closed")

// Open opens a speaker that does nothing until Apply.
func Open(o Options) (*Local, error) {
	l := &Local{
		opts: o, calls: make(chan func()), wake: make(chan struct{}, 1), closed: make(chan struct{}), done: make(chan struct{}),
		links: map[string]*link{}, sockets: map[socketKey]*socket{}, ears: map[earKey]*ear{}, owners: map[place]*router{}, vmacs: map[string]netif.VMAC{}, verdicts: map[string]fsm.Track{},
		said: map[saying]said{}, named: map[saying]said{}, timer: time.NewTimer(time.Hour),
	}
	err := netif.CheckCapabilities()
	if err == nil {
		l.ns, err = netif.CurrentNamespace()
	}
	if err == nil {
		l.host, err = netif.OpenHost()
	}
	if err == nil {
		l.herald, err = newHerald(l.failing)
	}
	if err == nil {
		l.watch, err = netif.Watch(netif.WatchConfig{Routes: true}, l.hearNews)
	}
	if err != nil {
		l.closeAll()
		return nil, err
	}
	l.complain(nil, "other processes are not seen", l.bePresent())
	l.overhear()
	go l.run()
	return l, nil
}

// run is the loop.
func (l *Local) run() {
	defer close(l.done)
	for {
		l.arm()
		select {
		case <-l.closed:
			return
		case <-l.wake:
		case <-l.timer.C:
		case f := <-l.calls:
			f()
		}
		l.turn()
	}
}

// do runs f in the loop and waits for it.
func (l *Local) do(f func()) error {
	finished := make(chan struct{})
	select {
	case l.calls <- func() { f(); close(finished) }:
		<-finished
		return nil
	case <-l.done:
		return errClosed
	}
}

// rouse makes the loop take a turn.
func (l *Local) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Close ends it. Addresses that are still held are given up without waiting for a successor.
func (l *Local) Close() error {
	l.once.Do(func() {
		l.do(func() {
			l.stopAll(fsm.Stop{Abrupt: true})
			l.routers, l.leaving, l.units = nil, nil, nil
			l.dropVMACs()
			l.dropStatics()
			l.complain(nil, "firewall", l.setFirewall())
		})
		close(l.closed)
		<-l.done
		l.ending = l.closeAll()
	})
	return l.ending
}

// closeAll closes what was opened; the loop is over, or never began.
func (l *Local) closeAll() error {
	var errs []error
	if l.watch != nil {
		errs = append(errs, l.watch.Close())
	}
	for _, s := range l.sockets {
		errs = append(errs, s.close())
	}
	for _, e := range l.ears {
		errs = append(errs, e.close())
	}
	if l.company.presence != nil {
		errs = append(errs, l.company.presence.Close())
	}
	if l.probes.out != nil {
		errs = append(errs, l.probes.out.Close())
	}
	if l.herald != nil {
		errs = append(errs, l.herald.close())
	}
	if l.host != nil {
		errs = append(errs, l.host.Close())
	}
	if l.ns != nil {
		errs = append(errs, l.ns.Close())
	}
	l.timer.Stop()
	return errors.Join(errs...)
}
