package notify

import "fmt"

// Tell writes a state to the FIFOs alone, although nothing changed (fifo_write_vrrp_states_on_reload).
func (n *Notifier) Tell(kind Kind, name string, state State, priority uint8) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.stopped {
		n.tell(kind, name, state, priority)
	}
}

func (n *Notifier) tell(kind Kind, name string, state State, priority uint8) {
	for _, f := range n.fifos {
		f.write(fmt.Sprintf("%s \"%s\" %s %d\n", kind, name, state, priority))
	}
}
