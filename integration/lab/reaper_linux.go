package lab

import (
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
)

// reap is a shell's program that reads process groups, "+ 1" and "- 1", and at the end kills those that are left.
const reap = `all=
while read -r do group; do
	case $do in
	+) all="$all $group" ;;
	-) rest=; for g in $all; do [ "$g" = "$group" ] || rest="$rest $g"; done; all=$rest ;;
	esac
done
for g in $all; do kill -KILL "-$g"; done`

// reaper kills the processes of cases when this process dies without cleaning up: a shell that waits for the end of its
// input, on which it is told the process groups.
var reaper = sync.OnceValues(func() (io.Writer, error) {
	cmd := exec.Command("/bin/sh", "-c", reap)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return in, cmd.Start()
})

// watched has a process group killed if this process dies, until forgotten is called.
func watched(group int) (forgotten func(), err error) {
	w, err := reaper()
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(w, "+ %d\n", group)
	return func() { fmt.Fprintf(w, "- %d\n", group) }, err
}
