// Command build reads xcaddy.json, the build as data, and builds ./caddy from it with the xcaddy library.
//
//	go run ./cmd/build [-o caddy] [xcaddy.json]
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/caddyserver/xcaddy"
)

func main() {
	out := flag.String("o", "caddy", "the binary to write")
	pgo := flag.String("pgo", "", `the CPU profile to optimise by, "off" for none (default: what the file says, else `+profile+` when it exists)`)
	flag.Parse()
	file := "xcaddy.json"
	if flag.NArg() > 0 {
		file = flag.Arg(0)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := build(ctx, file, *out, *pgo); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// build runs the build that file describes.
func build(ctx context.Context, file, out, pgo string) error {
	b, err := read(file)
	if err != nil {
		return err
	}
	switch pgo {
	case "":
	case "off":
		b.PgoProfile = ""
	default:
		if b.PgoProfile, err = filepath.Abs(pgo); err != nil {
			return err
		}
	}
	abs, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	return b.Build(ctx, abs)
}

// profile is the CPU profile that a build uses when it exists (profile-guided optimisation).
const profile = "cmd/caddy/default.pgo"

// read decodes the builder and makes its paths absolute, which the library leaves to its caller: relative ones count
// from the folder of file.
func read(file string) (*xcaddy.Builder, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	b := new(xcaddy.Builder)
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(b); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	for i, r := range b.Replacements {
		if p := string(r.New); strings.HasPrefix(p, ".") {
			b.Replacements[i].New = xcaddy.ReplacementPath(filepath.Join(dir, p))
		}
	}
	if b.PgoProfile == "" {
		if p := filepath.Join(dir, profile); exists(p) {
			b.PgoProfile = p
		}
	} else if !filepath.IsAbs(b.PgoProfile) {
		b.PgoProfile = filepath.Join(dir, b.PgoProfile)
	}
	return b, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
