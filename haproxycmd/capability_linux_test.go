package haproxycmd

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
)

// capabilityEnv makes the test's own binary change its user and show what it may do then.
const capabilityEnv = "HAPROXYCMD_TEST_CAPABILITIES"

func init() {
	with := os.Getenv(capabilityEnv)
	if with == "" {
		return
	}
	restore := keepCapabilities(with == "vrrp")
	if restore == nil {
		os.Stdout.WriteString("nothing can be kept\n")
		os.Exit(0)
	}
	if err := syscall.Setuid(65534); err != nil {
		panic(err)
	}
	restore()
	out, err := exec.Command("grep", "^Cap", "/proc/self/status").Output() // a child's: ambient ones are its permitted ones
	own, err2 := exec.Command("grep", "^Cap", fmt.Sprintf("/proc/%d/status", os.Getpid())).Output()
	if err != nil || err2 != nil {
		panic(err)
	}
	os.Stdout.WriteString("own\n" + string(own) + "child\n" + string(out))
	os.Exit(0)
}

// TestCapabilities changes the user as the haproxy command does.
func TestCapabilities(t *testing.T) {
	set := regexp.MustCompile(`(?s)own\n.*CapPrm:\s*([0-9a-f]+).*CapEff:\s*([0-9a-f]+).*child\n.*CapEff:\s*([0-9a-f]+)`)
	for _, tt := range []struct{ with, own, child string }{
		{"nothing", "0000000000000400", "0000000000000000"},
		{"vrrp", "0000000000807400", "0000000000807000"},
	} {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), capabilityEnv+"="+tt.with)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v (root is needed)\n%s", err, out)
		}
		if _, _, no := syscall.AllThreadsSyscall(syscall.SYS_GETPID, 0, 0, 0); no != 0 {
			if string(out) != "nothing can be kept\n" {
				t.Errorf("with cgo: %s", out)
			}
			continue
		}
		m := set.FindStringSubmatch(string(out))
		if m == nil {
			t.Fatalf("%s", out)
		}
		if m[1] != tt.own || m[2] != tt.own || m[3] != tt.child {
			t.Errorf("%s: permitted, effective, of a child: %q; want %s, %s", tt.with, m[1:], tt.own, tt.child)
		}
	}
}
