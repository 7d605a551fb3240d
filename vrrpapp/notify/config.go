package notify

import (
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// Kind is what changed.
type Kind string

// The kinds.
const (
	Instance Kind = "INSTANCE"
	Group    Kind = "GROUP"
)

// State is the word for what became of it.
type State string

// The states. Those of the second group are no states but news of an instance; keepalived sends them to the FIFOs, and of
// them MasterRxLowerPri also to a script of its own.
const (
	Master  State = "MASTER"
	Backup  State = "BACKUP"
	Fault   State = "FAULT"
	Stop    State = "STOP"
	Deleted State = "DELETED"

	MasterRxLowerPri State = "MASTER_RX_LOWER_PRI"
	MasterPriority   State = "MASTER_PRIORITY"
	BackupPriority   State = "BACKUP_PRIORITY"
)

// Config is who is told.
type Config struct {
	// Instances and Groups are the scripts by name. Only those named here have scripts; the FIFOs hear of all.
	Instances, Groups map[string]Scripts
	// FIFOs are notify_fifo and vrrp_notify_fifo. Their paths differ.
	FIFOs []FIFO
	// Rules are script_user, script_group and enable_script_security.
	Rules script.Rules
	// Timeout ends a script that runs longer, so that the next can run. Default 0: never, as with keepalived.
	Timeout time.Duration
	// Patience is how long a script is waited for before the next one of its instance is started beside it. Default 10 s.
	Patience time.Duration
	// Most is how many changes of an instance may wait for its scripts. Default 32. What is more drops the oldest.
	Most int
}

// Scripts are those of one instance or group. All may be nil.
type Scripts struct {
	Master, Backup, Fault, Stop, Deleted, MasterRxLowerPri *script.Script
	// Any runs after the others with INSTANCE or GROUP, the name, the state and the priority as further arguments (notify).
	Any *script.Script
}

// FIFO is a named pipe that gets a line for each change: INSTANCE "VI_1" MASTER 100.
//
// As keepalived 2.2.7 was seen to do: it is made with mode 0600 for its user and group, or taken as it is if there is one; lines
// wait in it (64 KiB) while nobody reads; one that was made is removed at the end. The reader runs as script_user, not as the
// FIFO's owner, and gets SIGTERM at the end. Other than with keepalived a reader that ends is started again, after a second.
type FIFO struct {
	Path string
	// User and Group own it. Default script_user.
	User, Group string
	// Reader is run with the path as its last argument (notify_fifo_script).
	Reader *script.Script
}
