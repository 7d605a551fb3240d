package guard

import (
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// command is what the proxy says to the guard.
type command struct {
	Do verb `json:"do"`
	// ID is repeated by the answer. 0: none is wanted.
	ID uint64 `json:"id,omitempty"`

	Setup  *setup          `json:"setup,omitempty"`  // open
	Config *speaker.Config `json:"config,omitempty"` // apply
	Name   string          `json:"name,omitempty"`   // track: the tracker; order: the router
	Up     bool            `json:"up,omitempty"`     // track
	Value  int             `json:"value,omitempty"`  // track
	Order  speaker.Order   `json:"order,omitempty"`  // order
	Most   time.Duration   `json:"most,omitempty"`   // release
}

// setup is what a guard is made with: the first command.
type setup struct {
	Adopt []string `json:"adopt,omitempty"`
	// Ago is how long ago the last guard died: a time of day could jump meanwhile.
	Ago       time.Duration `json:"ago,omitempty"`
	Patience  time.Duration `json:"patience"`
	Linger    time.Duration `json:"linger"`
	Realtime  int           `json:"realtime,omitempty"`
	Niceness  int           `json:"niceness,omitempty"`
	Swappable bool          `json:"swappable,omitempty"`
	CPUs      []int         `json:"cpus,omitempty"`
}

// news is what the guard says to the proxy: an answer, a report, a line for the log, or that it lives.
type news struct {
	// ID is the command's that this answers, 0 for other news. An empty news is a sign of life.
	ID     uint64           `json:"id,omitempty"`
	Error  string           `json:"error,omitempty"`
	Lacks  []string         `json:"lacks,omitempty"` // open: capabilities, see netif.CapabilityError
	Status []speaker.Status `json:"status,omitempty"`

	Report *speaker.Report `json:"report,omitempty"`
	Log    string          `json:"log,omitempty"`
}

// verb is a kind of command.
type verb string

const (
	doOpen    verb = "open"
	doApply   verb = "apply"
	doReady   verb = "ready"
	doTrack   verb = "track"
	doOrder   verb = "order"
	doStatus  verb = "status"
	doRelease verb = "release"
	doClose   verb = "close"
	doAlive   verb = "alive" // says nothing else
)
