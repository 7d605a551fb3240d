package ha

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

const exampleDir = "../../examples/ha"

var exampleReport = regexp.MustCompile(`the client: (\d+) requests answered, (\d+) failed, never more than (\d+) ms`)

// allowed is what the client may notice in each part. A connection that is open when the address moves is lost, because its other
// end is: at most one at a time, with this client.
var allowed = [4]struct{ failed, gap int }{{0, 3000}, {1, 3000}, {0, 3000}, {1000, 5000}}

// TestExample runs examples/ha/run.sh as its README says, and reads what it shows.
func TestExample(t *testing.T) {
	cmd := exec.Command(exampleDir+"/run.sh", caddyBin)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tag := "ha" + strconv.Itoa(cmd.Process.Pid) + "-"
	late := time.AfterFunc(time.Minute, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) })
	err := cmd.Wait()
	if !late.Stop() || err != nil {
		t.Fatalf("%v after %v\n%s", err, time.Since(began), &out)
	}
	at := 0
	for _, want := range []string{
		"1. ", "master has 192.168.122.100, and balances: http", "VI_1", "MASTER", "2. ", "backup has 192.168.122.100",
		"3. ", "backup has 192.168.122.100", "4. ", "master has 192.168.122.100", "Done.",
	} {
		i := strings.Index(out.String()[at:], want)
		if i < 0 {
			t.Fatalf("%q does not follow in\n%s", want, &out)
		}
		at += i
	}
	reports := exampleReport.FindAllStringSubmatch(out.String(), -1)
	if len(reports) != 4 {
		t.Fatalf("%d reports in\n%s", len(reports), &out)
	}
	for i, r := range reports {
		answered, failed, gap := number(t, r[1]), number(t, r[2]), number(t, r[3])
		if p := allowed[i]; answered == 0 || failed > p.failed || gap > p.gap {
			t.Errorf("part %d: %s", i+1, r[0])
		}
	}
	if left, err := filepath.Glob("/run/netns/" + tag + "*"); err != nil || len(left) > 0 {
		t.Error("left behind:", left, err)
	}
	if t.Failed() {
		t.Logf("%s", &out)
	}
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestExampleInterrupted: a run that is ended in the middle leaves nothing behind either.
func TestExampleInterrupted(t *testing.T) {
	cmd := exec.Command(exampleDir+"/run.sh", caddyBin)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	here := "/run/netns/ha" + strconv.Itoa(cmd.Process.Pid) + "-*"
	made := func() []string { list, _ := filepath.Glob(here); return list }
	if !nstest.Within(soon, func() bool { return len(made()) == 5 }) {
		t.Error("it makes no namespaces:", made())
	}
	syscall.Kill(cmd.Process.Pid, syscall.SIGTERM)
	err := cmd.Wait()
	if cmd.ProcessState.ExitCode() != 130 || len(made()) > 0 {
		t.Error(err, made())
	}
}

// TestExampleFiles: the programs that it replaces take the same files.
func TestExampleFiles(t *testing.T) {
	keepalived, err := exec.LookPath("/usr/sbin/keepalived")
	if err != nil {
		oracle.Missing(t, "keepalived is not installed (apt-get install keepalived)")
	}
	n := nstest.NewLab(t, "node").Node("node")
	n.Run(oracle.HAProxy(t), "-c", "-f", exampleDir+"/haproxy.cfg")
	for _, name := range []string{"master.conf", "backup.conf"} {
		n.Run(keepalived, "-t", "-f", exampleDir+"/"+name)
	}
	if _, err := os.Stat(exampleDir + "/keepalived.conf"); err == nil {
		t.Error("run.sh makes keepalived.conf of each node")
	}
}
