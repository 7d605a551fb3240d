package netio

// timer wakes a task or a parked connection. Setting a later deadline only writes until: the place in the heap is mended
// when the old one comes, so that a deadline for each read costs nothing.
type timer struct {
	until Time // 0: no deadline
	at    Time // where it stands in the heap, 0: not there
	idx   int32
	task  *Task
	conn  *Conn
}

// timers is a binary heap, the soonest on top. It belongs to one loop.
type timers []timerEntry

type timerEntry struct {
	at Time
	t  *timer
}

// set makes t wake its owner at until, or earlier for nothing.
func (h *timers) set(t *timer, until Time) {
	t.until = until
	switch {
	case until == 0 || t.at != 0 && t.at <= until:
	case t.at == 0:
		*h = append(*h, timerEntry{until, t})
		t.at = until
		h.up(len(*h) - 1)
	default:
		t.at = until
		(*h)[t.idx].at = until
		h.up(int(t.idx))
	}
}

// remove forgets t.
func (h *timers) remove(t *timer) {
	t.until = 0
	if t.at == 0 {
		return
	}
	i, last := int(t.idx), len(*h)-1
	moved := (*h)[last]
	(*h)[last] = timerEntry{}
	*h = (*h)[:last]
	t.at = 0
	if i < last {
		(*h)[i] = moved
		moved.t.idx = int32(i)
		h.down(i)
		h.up(int(moved.t.idx))
	}
}

// next is the time of the soonest timer, 0 without any.
func (h timers) next() Time {
	if len(h) == 0 {
		return 0
	}
	return h[0].at
}

// due returns a timer whose deadline has passed, nil when there is none.
func (h *timers) due(now Time) *timer {
	for len(*h) > 0 && (*h)[0].at <= now {
		t := (*h)[0].t
		if until := t.until; until > now {
			t.at = until
			(*h)[0].at = until
			h.down(0)
			continue
		}
		fired := t.until != 0
		h.remove(t)
		if fired {
			return t
		}
	}
	return nil
}

func (h timers) up(i int) {
	e := h[i]
	for i > 0 {
		p := (i - 1) / 2
		if h[p].at <= e.at {
			break
		}
		h[i] = h[p]
		h[i].t.idx = int32(i)
		i = p
	}
	h[i] = e
	e.t.idx = int32(i)
}

func (h timers) down(i int) {
	e := h[i]
	for {
		c := 2*i + 1
		if c >= len(h) {
			break
		}
		if c+1 < len(h) && h[c+1].at < h[c].at {
			c++
		}
		if h[c].at >= e.at {
			break
		}
		h[i] = h[c]
		h[i].t.idx = int32(i)
		i = c
	}
	h[i] = e
	e.t.idx = int32(i)
}
