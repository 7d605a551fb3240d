package server

import "time"

// CheckState is the result of a server's last health check.
type CheckState struct {
	Status   string        // check_status: L4OK, L7STS, ...; empty: none yet
	Code     int           // check_code
	Duration time.Duration // check_duration
	Text     string        // last_chk
}
