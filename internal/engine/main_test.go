package engine

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"go.uber.org/goleak"
)

// noLoops makes all rigs run their sessions on goroutines instead of event loops.
var noLoops bool

// TestMain runs every test on both implementations of netio, where there are two.
func TestMain(m *testing.M) {
	code := 0
	for _, noLoops = range []bool{false, true} {
		if !noLoops && runtime.GOOS != "linux" {
			continue
		}
		if n := m.Run(); n != 0 {
			fmt.Println("with event loops:", !noLoops)
			code = n
		}
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}
