package guard

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// takePrivileges makes the process punctual, as far as it is allowed to. What is refused comes back, a line each.
func takePrivileges(s setup) (refused []string) {
	try := func(what string, err error) bool {
		if err != nil {
			refused = append(refused, fmt.Sprintf("%s: %v", what, err))
		}
		return err == nil
	}
	nameThreads("vrrp-guard")
	if len(s.CPUs) > 0 {
		try(fmt.Sprintf("processors %v", s.CPUs), runOn(s.CPUs))
	}
	if s.Realtime < 0 || !try(fmt.Sprintf("real-time priority %d", s.Realtime), realtime(s.Realtime)) {
		try(fmt.Sprintf("niceness %d", s.Niceness), nice(s.Niceness))
	}
	if !s.Swappable {
		try("memory that is not swapped out", lockMemory())
	}
	try("protection from the kernel's killer of processes", os.WriteFile("/proc/self/oom_score_adj", []byte("-900"), 0))
	return refused
}

// eachThread does something to every thread of the process. Threads to come inherit it: each is made by one that was done, or
// is found in another pass.
func eachThread(do func(tid int) error) error {
	done := map[int]bool{}
	for fresh := true; fresh; {
		fresh = false
		list, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return err
		}
		for _, e := range list {
			tid, err := strconv.Atoi(e.Name())
			if err != nil || done[tid] {
				continue
			}
			if err := do(tid); err != nil && !errors.Is(err, unix.ESRCH) && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			done[tid], fresh = true, true
		}
	}
	return nil
}

func realtime(priority int) error {
	if priority < 1 || priority > 99 {
		return errors.New("1 to 99")
	}
	return eachThread(func(tid int) error {
		return unix.SchedSetAttr(tid, &unix.SchedAttr{
			Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: uint32(priority),
		}, 0)
	})
}

func nice(n int) error {
	return eachThread(func(tid int) error { return unix.Setpriority(unix.PRIO_PROCESS, tid, n) })
}

func runOn(cpus []int) error {
	var set unix.CPUSet
	for _, c := range cpus {
		if c < 0 || c >= 64*len(set) {
			return fmt.Errorf("there is no processor %d", c)
		}
		set.Set(c)
	}
	return eachThread(func(tid int) error { return unix.SchedSetaffinity(tid, &set) })
}

// lockMemory keeps the pages that are in use, now or later, in memory; it reads none that is not. With a limit that memory
// to come could exceed it would be the runtime's death, so it wants none.
func lockMemory() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &limit); err != nil {
		return err
	}
	if limit.Cur != unix.RLIM_INFINITY && !capable(unix.CAP_IPC_LOCK) {
		return errors.New("CAP_IPC_LOCK or LimitMEMLOCK=infinity is missing")
	}
	return unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT)
}

func capable(capability int) bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	return unix.Capget(&header, &data[0]) == nil && data[0].Effective&(1<<capability) != 0
}

// nameThreads is what ps shows: started by /proc/self/exe it would be "exe".
func nameThreads(name string) {
	eachThread(func(tid int) error {
		return os.WriteFile(fmt.Sprintf("/proc/self/task/%d/comm", tid), []byte(name), 0)
	})
}
