package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// grace is how long a script has between SIGTERM and SIGKILL.
const grace = time.Second

// most and patience are the defaults of Config.Most and Config.Patience; hurried is the patience of Stop.
const (
	most     = 32
	patience = 10 * time.Second
	hurried  = time.Second
)

// Notifier runs scripts and writes FIFOs. Its methods may be called from any goroutine.
//
// keepalived 2.2.7 starts all scripts of all changes at once and lets them run beside each other. Here those of one instance or
// group run one after the other, in the order of the changes, the notify script of a change last, as the manual says: a slow
// notify_backup cannot undo what the notify_master after it did. One that still runs after Config.Patience, as a program that lasts as
// long as the state, has the next one started beside it. Different instances do not wait for each other.
type Notifier struct {
	log func(what string, err error)

	mu      sync.Mutex
	stopped bool
	cfg     Config
	scripts map[subject]programs
	fifos   []*fifo
	queues  map[subject]*queue
	running sync.WaitGroup // the queues' goroutines

	hurry context.Context // done: the end is near
	haste context.CancelFunc
	end   context.Context // done: what runs is ended
	kill  context.CancelFunc
}

// subject is an instance or a group.
type subject struct {
	kind Kind
	name string
}

// programs are a subject's scripts, ready to run.
type programs struct {
	at  map[State]*script.Program
	any *script.Program
}

// New makes a notifier that tells nobody until Apply. Log gets what goes wrong later, from any goroutine; it must not
// call the notifier.
func New(log func(what string, err error)) *Notifier {
	n := &Notifier{log: log, queues: map[subject]*queue{}}
	n.hurry, n.haste = context.WithCancel(context.Background())
	n.end, n.kill = context.WithCancel(context.Background())
	return n
}

// Apply puts a configuration in force in place of the one before. FIFOs that stay keep their reader; scripts that wait are run
// as they were when the change came. A warning is about a script that is not run, or one that may be mended before it runs; an
// error says that nothing was changed.
func (n *Notifier) Apply(c Config) (warnings []string, err error) {
	ready := map[subject]programs{}
	for name, s := range c.Instances {
		warnings = append(warnings, s.ready(subject{Instance, name}, c.Rules, ready)...)
	}
	for name, s := range c.Groups {
		warnings = append(warnings, s.ready(subject{Group, name}, c.Rules, ready)...)
	}
	slices.Sort(warnings) // maps have no order
	more, gone, err := n.swap(c, ready)
	closeAll(gone)
	return append(warnings, more...), err
}

// swap puts a configuration in force. The FIFOs that are gone are closed without the lock: their readers may take a while.
func (n *Notifier) swap(c Config, ready map[subject]programs) (warnings []string, gone []*fifo, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stopped {
		return nil, nil, errors.New("the notifier was stopped")
	}
	fifos, gone, warnings, err := n.openFIFOs(c)
	if err != nil {
		return warnings, nil, err
	}
	n.cfg, n.scripts, n.fifos = c, ready, fifos
	return warnings, gone, nil
}

// ready makes a subject's scripts ready. One that is refused is left out.
func (s Scripts) ready(who subject, rules script.Rules, all map[subject]programs) (warnings []string) {
	one := func(word string, sc *script.Script) *script.Program {
		if sc == nil {
			return nil
		}
		p, w, err := rules.Ready(*sc)
		for _, text := range w {
			warnings = append(warnings, who.name+": "+word+": "+text)
		}
		if err != nil {
			warnings = append(warnings, who.name+": "+word+" is never run: "+err.Error())
		}
		return p
	}
	all[who] = programs{at: map[State]*script.Program{
		Master:           one("notify_master", s.Master),
		Backup:           one("notify_backup", s.Backup),
		Fault:            one("notify_fault", s.Fault),
		Stop:             one("notify_stop", s.Stop),
		Deleted:          one("notify_deleted", s.Deleted),
		MasterRxLowerPri: one("notify_master_rx_lower_pri", s.MasterRxLowerPri),
	}, any: one("notify", s.Any)}
	return warnings
}

// Changed tells of a change. It returns at once. Priorities alone go to FIFOs only, MasterRxLowerPri to its script and the FIFOs.
func (n *Notifier) Changed(kind Kind, name string, state State, priority uint8) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stopped {
		return
	}
	n.tell(kind, name, state, priority)
	who := subject{kind, name}
	scripts := n.scripts[who]
	var all []run
	if p := scripts.at[state]; p != nil {
		all = append(all, run{program: p})
	}
	if p := scripts.any; p != nil && state.scripted() {
		all = append(all, run{p, []string{string(kind), name, string(state), fmt.Sprint(priority)}})
	}
	if len(all) > 0 {
		n.enqueue(who, job{state, all})
	}
}

// scripted reports whether notify scripts hear of it.
func (s State) scripted() bool {
	switch s {
	case Master, Backup, Fault, Stop, Deleted:
		return true
	}
	return false
}

// Stop waits for the scripts that run and wait until ctx is done, then ends them; it ends the FIFOs' readers and removes the FIFOs
// that it made.
func (n *Notifier) Stop(ctx context.Context) {
	n.mu.Lock()
	n.stopped = true
	n.mu.Unlock()
	n.haste()
	idle := make(chan struct{})
	go func() {
		n.running.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
	}
	n.kill()
	<-idle
	n.mu.Lock()
	fifos := n.fifos
	n.fifos = nil
	n.mu.Unlock()
	closeAll(fifos)
}
