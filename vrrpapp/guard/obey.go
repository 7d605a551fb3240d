package guard

import (
	"fmt"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// openSpeaker opens the speaker that speaks: in the guard, or here after the last guard. Tests have another one.
var openSpeaker = func(o speaker.Options) (speaker.Speaker, error) {
	l, err := speaker.Open(o)
	if err != nil {
		return nil, err // no Local in an interface that is not nil
	}
	return l, nil
}

// obey carries out a command.
func obey(s speaker.Speaker, c command) (status []speaker.Status, err error) {
	switch c.Do {
	case doAlive:
	case doReady:
		s.Ready()
	case doTrack:
		s.Track(c.Name, c.Up, c.Value)
	case doOrder:
		return nil, s.Order(c.Name, c.Order)
	case doStatus:
		return s.Status()
	case doRelease:
		s.Release(max(c.Most, time.Millisecond))
	case doApply:
		if c.Config == nil {
			return nil, fmt.Errorf("guard: apply without a configuration")
		}
		return nil, s.Apply(*c.Config)
	default:
		return nil, fmt.Errorf("guard: unknown command %q", c.Do)
	}
	return nil, nil
}
