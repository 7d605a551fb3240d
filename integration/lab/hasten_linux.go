package lab

import (
	"fmt"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// hasten gives this process's threads a higher priority, once: who observes must not wait for those observed. What it starts
// runs with the ordinary one.
var hasten = sync.OnceValue(func() error {
	threads, err := os.ReadDir("/proc/self/task")
	for _, t := range threads {
		tid, _ := strconv.Atoi(t.Name())
		if err := unix.Setpriority(unix.PRIO_PROCESS, tid, -15); err != nil && err != unix.ESRCH {
			return fmt.Errorf("priority of the lab's threads (root is needed): %w", err)
		}
	}
	return err
})
