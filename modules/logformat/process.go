package logformat

import "os"

// What every line of this process says alike (%H, %pid).
var (
	hostname = []byte(systemName())
	pid      = int64(os.Getpid())
)

func systemName() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}
