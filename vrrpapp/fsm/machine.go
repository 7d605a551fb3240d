package fsm

import (
	"net/netip"
	"slices"
	"time"
)

// Machine is one instance's state. It is not safe for concurrent use: one goroutine owns it.
type Machine struct {
	cfg      Config
	state    State
	now      time.Time
	out      []Effect
	due      [timers]time.Time
	trackers []tracking
	faults   fault
	holds    Holder
	priority uint8 // the effective one

	source netip.Addr // the last valid one

	running   bool          // between Start and the end of Stop
	stopping  bool          // Leaving ends in Init
	yielded   bool          // after HandOver: a master of lower priority is left alone
	orphaned  bool          // held back although the master is down
	listened  bool          // a late master down timer has been given its extra interval
	spared    time.Time     // until when a master of lower priority is left alone (preempt_delay); zero: none was heard
	learnt    time.Duration // Master_Adver_Interval (RFC 5798 6.1)
	spoken    uint8         // the version that it came with
	leader    netip.Addr    // whose silence is waited for
	leading   uint8         // its priority; 0: nobody's
	led       time.Time     // until when its own last message counts
	heard     Heard         // the last advertisement of another master
	resigned  time.Time     // until when a repeated priority 0 of heard means nothing new; zero: the master has not left
	lastSent  time.Time     // the last advertisement as master
	safe      time.Time     // in Fault: until when nobody can have taken over from us
	left      time.Time     // when Leaving began
	successor Advert        // in Leaving: its last one, without its Addrs; priority 0: it was not heard
	zeros     int           // messages of priority 0 that still follow
	brief     int           // advertisements that still follow at intervals of briefly
	briefly   time.Duration
	garps     int       // the count of the announcement that is due
	garped    time.Time // the last announcement
	again     bool      // another one follows the one that is due

	voices   []voice        // the configuration's first, then during a rollover those before it
	all      []netip.Prefix // addresses, advertised or not
	peers    []netip.Addr   // whose messages had an address in common with ours
	removals [3]time.Time   // when addresses were taken away

	group    *Group
	wants    bool // the master is down, and the group has not agreed yet
	follows  bool // Leaving because the group does
	counts   Counts
	refused  Reason // why the last advertisement was
	rejected map[Reason]uint64
	said     repeats
}

// New makes a machine in Init.
func New(c Config) (*Machine, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	m := &Machine{cfg: c.withDefaults(), rejected: map[Reason]uint64{}, faults: faultLink}
	m.trackersFrom(m.cfg.Trackers, false)
	m.revoice()
	m.all = joined(m.cfg)
	m.unlearn()
	priority, bad := m.weigh()
	m.priority = priority
	m.setFault(faultTracker, bad)
	return m, nil
}

func addrs(list []netip.Prefix) []netip.Addr {
	out := make([]netip.Addr, len(list))
	for i, p := range list {
		out[i] = p.Addr()
	}
	return out
}

// Handle tells the machine what happened at now, and says what is to be done. now never goes back. The effects are the
// machine's: they hold until the next call.
func (m *Machine) Handle(now time.Time, e Event) []Effect {
	m.out = m.out[:0]
	if now.After(m.now) {
		m.now = now
	}
	switch e := e.(type) {
	case *Advert:
		m.hear(e)
	case *Rejected:
		m.reject(e.Reason, e.Source)
	case Tick:
		m.tick()
	case Start:
		m.start(e)
	case Stop:
		m.stop(e)
	case Interface:
		m.setInterface(e)
	case Track:
		m.track(e)
	case Hold:
		m.hold(e.By)
	case Resume:
		m.resume(e.By)
	case HandOver:
		m.handOver()
	case Yield:
		m.yielded = m.yielded || m.state != Master
	case Removed:
		m.removed(e.Addrs)
	case Appeared:
		m.appeared(e.Addrs, e.Ours)
	case Reload:
		m.reload(e.Config)
	case Regroup:
		m.regroup()
	}
	return m.out
}

func (m *Machine) emit(e Effect) { m.out = append(m.out, e) }

// enter changes the state, and says so once everything else that belongs to the change was said.
func (m *Machine) enter(to State, why Reason) {
	from := m.state
	m.state = to
	m.counts.Transitions++
	m.emit(Effect{Do: Transition, From: from, To: to, Why: why, Priority: m.priority})
}

// start is RFC 5798 6.4.1.
func (m *Machine) start(e Start) {
	if m.running {
		m.takeBack()
		return
	}
	m.running, m.stopping, m.orphaned = true, false, false
	stale := without(e.Found, m.all)
	if m.faults != 0 {
		stale = e.Found
	}
	m.take(stale)
	switch {
	case m.faults != 0:
		m.enter(Fault, m.faults.why())
	case e.Adopt:
		m.promote(Adopted)
	case len(e.Found) > len(stale) && m.holds&ByOperator == 0:
		m.probe(FoundAddresses)
	default:
		m.begin(Started)
	}
}

// begin goes where a node goes that is able again.
func (m *Machine) begin(why Reason) {
	if m.priority == 255 && m.cfg.StartMaster && m.holds == 0 && m.group == nil {
		m.promote(Owner)
		return
	}
	m.backup(why)
}

func (m *Machine) stop(e Stop) {
	if !m.running {
		return
	}
	m.stopping = true
	switch {
	case e.Keep || !m.state.Holds():
		if m.state == Master {
			m.say0(2)
		}
		m.end()
	case m.state == Leaving && !e.Abrupt:
		// it ends in Init
	case m.state == Master && e.Abrupt:
		m.say0(2)
		m.depart(Stopped)
	case m.state == Master:
		m.leave(Stopped)
	default:
		m.depart(Stopped)
	}
}

// end is Init. A rollover goes on: the peers may still know no other password.
func (m *Machine) end() {
	m.quiet()
	m.forget()
	m.due[tCool] = time.Time{}
	m.running, m.stopping, m.yielded = false, false, false
	m.setFault(faultRemoved|faultGroup, false)
	m.enter(Init, Stopped)
}

// joined are all addresses, advertised or not.
func joined(c Config) []netip.Prefix { return slices.Concat(c.Addresses, c.Excluded) }
