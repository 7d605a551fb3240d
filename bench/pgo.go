package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// pgoCells are what a profile for profile-guided optimisation is made of, the same time of each.
const pgoCells = "1k,close,16k,full"

// profile loads this engine in each cell, takes a CPU profile of the process meanwhile, and merges the profiles into a
// file that the compiler reads.
func (l *lab) profile(ctx context.Context) error {
	argv := []string{"tool", "pprof", "-proto"}
	for _, c := range l.opt.cells {
		if c.kind != requests {
			return fmt.Errorf("cell %s is no load for a profile", c.name)
		}
		t := &trial{lab: l, cell: c, threads: l.opt.threads[0]}
		file, err := t.profileTurn(ctx)
		if err != nil {
			return fmt.Errorf("cell %s: %w", c.name, err)
		}
		argv = append(argv, file)
	}
	cmd := exec.CommandContext(ctx, "go", argv...)
	var merged, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &merged, &problems
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("merging: %w\n%s", err, problems.String())
	}
	return os.WriteFile(filepath.Clean(l.opt.pgo), merged.Bytes(), 0o644)
}

// profileTurn writes the profile of one cell.
func (t *trial) profileTurn(ctx context.Context) (string, error) {
	who, err := selectContenders("this")
	if err != nil {
		return "", err
	}
	p, err := t.startOne(who[0])
	if err != nil {
		return "", err
	}
	defer p.stop()
	loaded := make(chan error, 1)
	go func() {
		// It begins before the profile and ends after it.
		_, err := wrk(ctx, t.opt.duration+2*time.Second, t.cell, p.port)
		loaded <- err
	}()
	file := filepath.Join(p.dir, "cpu.pprof")
	if err = pause(ctx, time.Second/2); err == nil {
		err = download(ctx, adminSocket(p.dir), fmt.Sprintf("/debug/pprof/profile?seconds=%.0f", t.opt.duration.Seconds()), file)
	}
	if err2 := <-loaded; err == nil {
		err = err2
	}
	return file, err
}

// download writes what a Caddy's admin API answers into a file.
func download(ctx context.Context, socket, path, file string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1"+path, nil)
	if err != nil {
		return err
	}
	c := adminClient(socket)
	defer c.CloseIdleConnections()
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", path, resp.Status, text)
	}
	return os.WriteFile(file, text, 0o600)
}
