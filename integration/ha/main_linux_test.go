package ha

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/integration/binary"
)

// caddyBin is the program under test. TestMain builds it.
var caddyBin string

func TestMain(m *testing.M) {
	flag.Parse()
	// A case waits most of its time: there may be more of them at a time than processors.
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		flag.Set("test.parallel", "16")
	}
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "integration/ha:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "ha")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if caddyBin, err = binary.Build(dir); err != nil {
		return 0, err
	}
	return m.Run(), nil
}
