package guard

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// threadsOf asks ps for a column of all threads of a process.
func threadsOf(t *testing.T, pid int, columns string) []string {
	t.Helper()
	out, err := exec.Command("ps", "-L", "-o", columns, "--no-headers", "-p", fmt.Sprint(pid)).CombinedOutput()
	if err != nil {
		t.Fatalf("ps: %v %s", err, out)
	}
	var list []string
	for line := range strings.Lines(string(out)) {
		list = append(list, strings.Join(strings.Fields(line), " "))
	}
	return list
}

// every fails unless all of several threads have the same.
func every(t *testing.T, what string, got []string, want string) {
	t.Helper()
	if len(got) < 3 || slices.ContainsFunc(got, func(s string) bool { return s != want }) {
		t.Errorf("%s: %q, want %q for each", what, got, want)
	}
}

// All threads have the priority, those that were made later too; the memory stays, the kernel's killer spares it.
func TestPrivileges(t *testing.T) {
	s := start(t, Options{CPUs: []int{0}})
	before := len(threadsOf(t, s.pid(), "cls"))
	s.Track("threads", true, 20)
	s.await("more threads", func() bool { return len(threadsOf(t, s.pid(), "cls")) >= before+10 })
	every(t, "class and priority", threadsOf(t, s.pid(), "cls,rtprio"), "FF 50")
	every(t, "name", threadsOf(t, s.pid(), "comm"), "vrrp-guard")
	if got := threadsOf(t, s.pid(), "args")[0]; !strings.HasSuffix(got, ".test vrrp-guard") {
		t.Errorf("the command line is %q", got)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid()))
	if err != nil || strings.Contains(string(status), "VmLck:\t       0 kB") || !strings.Contains(string(status), "Cpus_allowed_list:\t0\n") {
		t.Errorf("%v %s", err, status)
	}
	adj, err := os.ReadFile(fmt.Sprintf("/proc/%d/oom_score_adj", s.pid()))
	if spared := strings.TrimSpace(string(adj)) == "-900"; err != nil || spared != capable(unix.CAP_SYS_RESOURCE) {
		t.Errorf("oom_score_adj %s %v", adj, err)
	}
	if warned := strings.Contains(s.log(), "WARN"); warned == capable(unix.CAP_SYS_RESOURCE) {
		t.Error(s.log())
	}
}

// Without real-time priority it is nice to itself.
func TestNiceness(t *testing.T) {
	s := start(t, Options{Realtime: -1, Niceness: -11, Swappable: true, CPUs: []int{-100}})
	if !strings.Contains(s.log(), "processors [-100]: there is no processor -100") {
		t.Error(s.log())
	}
	every(t, "class and niceness", threadsOf(t, s.pid(), "cls,ni"), "TS -11")
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid()))
	if err != nil || !strings.Contains(string(status), "VmLck:\t       0 kB") {
		t.Errorf("%v %s", err, status)
	}
}

// unprivileged is set for a test that runs itself as nobody.
const unprivileged = "GUARD_UNPRIVILEGED"

// As nobody the guard has the capabilities that the proxy has, ambient or only permitted, and works with what it gets: each
// refused thing is one line, and a necessary one the error.
func TestNobody(t *testing.T) {
	if want, ok := os.LookupEnv(unprivileged); ok {
		asNobody(t, want)
		return
	}
	admin, raw := uintptr(unix.CAP_NET_ADMIN), uintptr(unix.CAP_NET_RAW)
	const spare = "protection from the kernel's killer of processes"
	for _, row := range []struct {
		name, want string
		caps       []uintptr
	}{
		{"one capability", "CAP_NET_RAW", []uintptr{admin}},
		{"two", "real-time priority 50,niceness -20,memory that is not swapped out," + spare, []uintptr{admin, raw}},
		{"four", spare, []uintptr{admin, raw, unix.CAP_SYS_NICE, unix.CAP_IPC_LOCK}},
	} {
		t.Run(row.name, func(t *testing.T) {
			n := nstest.NewLab(t, "a").Node("a")
			n.IP("addr add 10.9.0.1/24 dev eth0")
			dir, err := os.MkdirTemp("", "guard") // t.TempDir's parents are ours alone
			if err == nil {
				t.Cleanup(func() { os.RemoveAll(dir) })
				err = os.Chmod(dir, 0o777)
			}
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("/proc/self/exe", "-test.run=^TestNobody$", "-test.v")
			cmd.Dir, cmd.Env = "/", append(os.Environ(), unprivileged+"="+row.want, "TMPDIR="+dir)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}, AmbientCaps: row.caps}
			n.Do(func() error {
				if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestNobody") {
					return fmt.Errorf("%w: %s", err, out)
				}
				return nil
			})
		})
	}
}

func asNobody(t *testing.T, want string) {
	// Only permitted, as after setcap: what the guard gets must not depend on our own ambient set.
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	s := &subject{t: t}
	err := s.start(Options{})
	if lack := (*netif.CapabilityError)(nil); errors.As(err, &lack) {
		if d := cmp.Diff([]string{want}, lack.Missing); d != "" {
			t.Error("(-want +got)", d)
		}
		return
	}
	if err == nil {
		s.Ready()
		err = s.Apply(tenth.router(200))
	}
	if err != nil {
		t.Fatal(err)
	}
	var refused []string
	for _, line := range strings.Split(s.log(), "\n") {
		if _, after, ok := strings.Cut(line, `msg="vrrp guard: `); ok && strings.Contains(line, "WARN") {
			what, _, _ := strings.Cut(after, ": ")
			refused = append(refused, what)
		}
	}
	if d := cmp.Diff(strings.Split(want, ","), refused); d != "" {
		t.Error("(-want +got)", d)
	}
	four := len(refused) == 1
	if four {
		every(t, "class and priority", threadsOf(t, s.pid(), "cls,rtprio"), "FF 50")
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid()))
	if err != nil || !strings.Contains(string(status), "CapEff:\t"+effective(four)) || !strings.Contains(string(status), "Uid:\t65534\t65534") {
		t.Errorf("%v %s", err, status)
	}
	holds := func() bool {
		list, err := s.Status()
		return err == nil && len(list) == 1 && list[0].Addresses[0].Present && list[0].State == fsm.Master
	}
	s.await("the address", holds)
	s.kill()
	s.await("the address again", holds)
}

// effective is the guard's set as the kernel prints it.
func effective(four bool) string {
	set := uint64(1<<unix.CAP_NET_ADMIN | 1<<unix.CAP_NET_RAW)
	if four {
		set |= 1<<unix.CAP_SYS_NICE | 1<<unix.CAP_IPC_LOCK
	}
	return fmt.Sprintf("%016x", set)
}
