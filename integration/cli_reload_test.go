package integration

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestCLIReload: the socket, what is connected to it, weights and states outlive a reload; its level follows the new file,
// and a socket that is no longer named goes away.
func TestCLIReload(t *testing.T) {
	needPrograms(t)
	socket, ready := filepath.Join(t.TempDir(), "s"), freePort(t)
	text := func(level, more string) string {
		return fmt.Sprintf("global\n stats socket %s level %s\n%s\n%sbackend be\n server s1 127.0.0.1:1\n server s2 127.0.0.1:2\n", socket, level, more, page("", ready, "x"))
	}
	s := &cliSide{launch(t, ours, text("admin", " stats socket "+socket+".op level user"), ready, "-W"), socket}
	s.dial(t, ".op").Close()
	s.say(t, "", "set server be/s1 state maint;set weight be/s2 7")
	held := s.dial(t, "")
	defer held.Close()
	_ = held.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprint(held, "prompt\n")
	if _, err := io.ReadFull(held, make([]byte, len("\n> "))); err != nil {
		t.Fatal("no prompt: ", err) // its level is that of the time when it is accepted: wait for that before the reload
	}
	writeFile(t, s.file, text("user", ""))
	_ = s.cmd.Process.Signal(syscall.SIGUSR2)
	eventually(t, "the new level", func() bool { return strings.HasPrefix(s.say(t, "", "show cli level"), "user") })
	eventually(t, "the second socket is gone", func() bool { return strings.Count(s.say(t, "", "show cli sockets"), "\n") == 3 })
	state := s.say(t, "", "show servers state be")
	if !strings.Contains(state, " s1 127.0.0.1 0 1 ") || !strings.Contains(state, " s2 127.0.0.1 2 0 7 ") {
		t.Errorf("after the reload:\n%s", state)
	}
	fmt.Fprint(held, "show cli level;quit\n")
	if got := readAll(held); !strings.HasSuffix(got, "admin\n\n> ") {
		t.Errorf("the connection from before the reload: %q", got)
	}
}
