package fsm

// Tracker is something that is watched: an interface, a script, a file, a process, a backend of the proxy.
type Tracker struct {
	Name string `json:"name,omitempty"`
	// Weight is added to the priority while it is up if positive, and while it is down if negative; 0: down is a fault.
	Weight int `json:"weight,omitempty"`
	// Reverse turns the sign of what is added; with weight 0, up is a fault.
	Reverse bool `json:"reverse,omitempty"`
	// Scaled adds Weight times the tracker's Value instead (track_file); less than -253 is a fault. With weight 0, a Value
	// other than 0 is down.
	Scaled bool `json:"scaled,omitempty"`
	// InitFail takes it for down until it has spoken (init_fail), if its weight is 0; another weight does not count before that
	// (observed of keepalived 2.2.7, with -5). Otherwise a start waits for a tracker of weight 0, as keepalived does, and one
	// that a reload brings is taken for up. Not for Scaled.
	InitFail bool `json:"init_fail,omitempty"`
}

// tracking is a tracker and what it said last.
type tracking struct {
	Tracker
	known, up bool
	value     int
}

// judge says what the tracker adds to the priority, and whether it is a fault.
func (t *tracking) judge() (add int, fault bool) {
	up := t.up
	if t.Scaled && t.Weight == 0 {
		up = t.value == 0
	}
	switch {
	case !t.known:
		return 0, t.Weight == 0
	case t.Weight == 0:
		return 0, up == t.Reverse
	case t.Scaled:
		add = bounded(t.value, 254) * t.Weight
	case up == (t.Weight > 0):
		add = t.Weight
	}
	if t.Reverse {
		add = -add
	}
	return bounded(add, 254), t.Scaled && add < -253
}

// bounded keeps sums small, whatever a file says.
func bounded(n, most int) int { return max(-most, min(n, most)) }

// weigh computes the effective priority and whether a tracker is a fault. The owner's priority never changes, and nobody
// else reaches 255 (RFC 5798 5.2.4: 255 is the owner's).
func (m *Machine) weigh() (priority uint8, fault bool) {
	sum := int(m.cfg.Priority)
	for i := range m.trackers {
		add, bad := m.trackers[i].judge()
		sum += add
		fault = fault || bad
	}
	if m.cfg.Priority == 255 {
		return 255, fault
	}
	return uint8(max(1, min(sum, 254))), fault
}

// trackersFrom takes over what is known of trackers that stay.
func (m *Machine) trackersFrom(list []Tracker, running bool) {
	old := m.trackers
	m.trackers = make([]tracking, len(list))
	for i, t := range list {
		known := running && (!t.InitFail || t.Weight == 0 || t.Scaled)
		m.trackers[i] = tracking{Tracker: t, known: known, up: !t.InitFail}
		for j := range old {
			if old[j].Name == t.Name {
				m.trackers[i] = tracking{t, old[j].known || known, old[j].up, old[j].value}
			}
		}
	}
}

// track takes a tracker's news. A master says its new priority with its next advertisement, as keepalived does.
func (m *Machine) track(e Track) {
	for i := range m.trackers {
		if t := &m.trackers[i]; t.Name == e.Name {
			t.known, t.up, t.value = true, e.Up, e.Value
			m.reweigh()
			m.settle()
			return
		}
	}
}

func (m *Machine) reweigh() {
	priority, fault := m.weigh()
	m.setFault(faultTracker, fault)
	if priority != m.priority {
		m.priority = priority
		m.emit(Effect{Do: PriorityChanged, Priority: priority})
	}
}
