package track

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

func init() { caddy.RegisterModule(new(File)) }

// File is a track_file: the number in a file, times the weight, is added to the priority.
//
// It is read as keepalived 2.2.7 was seen to: spaces before the number are skipped, what comes after it is ignored, 0x10 is 16 and
// 010 is 8; a file that is absent, empty or begins with no number is 0; a number beyond 32 bits is ignored with a warning and the
// one before stays. A writer that empties the file first is not caught at it: the file is read when it is closed, or when another
// one takes its name.
type File struct {
	Weighing
	// Path is the file's, absolute (file). It may appear later.
	Path string `json:"file"`
	// InitFile is written into the file at the start if it does not exist (init_file). Default: it is not made.
	InitFile *int `json:"init_file,omitempty"`
	// Overwrite writes InitFile also into a file that exists (init_file ... overwrite).
	Overwrite bool `json:"overwrite,omitempty"`
}

// again is between two looks at a file that the kernel need not tell about: on a network, behind a symbolic link, in a folder
// that is made later.
const again = time.Second

// still is how long a file must be empty to be 0.
const still = 50 * time.Millisecond

// CaddyModule registers the tracker.
func (*File) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "vrrp.trackers.file", New: func() caddy.Module { return new(File) }}
}

// Validate refuses what cannot be a file's name.
func (f *File) Validate() error {
	switch {
	case !filepath.IsAbs(f.Path):
		return fmt.Errorf("a file tracker needs an absolute path, not %q", f.Path)
	case f.Overwrite && f.InitFile == nil:
		return errors.New("overwrite needs init_file")
	}
	return nil
}

// DefaultWeight is weight and reverse.
func (f *File) DefaultWeight() (int, bool) { return f.or(1) }

// Scaled says that the weight multiplies the number.
func (f *File) Scaled() bool { return true }

// Check looks for the file. A file that will be made is no fault.
func (f *File) Check(script.Rules) (warnings []string, err error) {
	info, err := os.Stat(f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && f.InitFile != nil:
	case errors.Is(err, fs.ErrNotExist):
		warnings = []string{f.Path + ": not there: it counts as 0 until it is"}
	case err != nil:
		warnings = []string{err.Error()}
	case !info.Mode().IsRegular():
		warnings = []string{f.Path + ": not a file: it counts as 0"}
	}
	return warnings, nil
}

// Run reads it until ctx is done.
func (f *File) Run(ctx context.Context, tell func(Verdict)) {
	r := reading{File: f, tell: tell, why: f.init()}
	changed, closeWatch := watchFile(f.Path)
	defer closeWatch()
	t := time.NewTicker(again)
	defer t.Stop()
	r.read(true)
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-changed:
			if !ok {
				changed = nil
				continue
			}
			r.read(false)
		case <-r.empty:
			r.read(stamp(f.Path) == r.stamp) // else it is another writer's beginning
		case <-t.C:
			r.look()
		}
	}
}

// reading is what is known of the file.
type reading struct {
	*File
	tell   func(Verdict)
	value  int
	spoken bool
	why    string           // what is to be told with the next verdict
	empty  <-chan time.Time // the file was found empty; it is 0 if it still is
	stamp  string           // when it was read, or looked at
	moved  bool             // it changed before the last look
}

// read reads the file. One that is empty counts only when that is sure: its writer may have just begun.
func (r *reading) read(sure bool) {
	r.stamp, r.moved, r.empty = stamp(r.Path), false, nil
	v, err := readNumber(r.Path, r.value)
	if err == errEmpty && !sure {
		r.empty = time.After(still)
		return
	}
	if r.spoken && v == r.value {
		return
	}
	why := strconv.Itoa(v)
	if err != nil {
		why = err.Error()
	}
	r.value, r.spoken = v, true
	r.tell(Verdict{Up: v == 0, Value: v, Why: cmp.Or(r.why, why)})
	r.why = ""
}

// look finds changes that the kernel did not tell of. A file that changes right now is left alone until the next look.
func (r *reading) look() {
	now := stamp(r.Path)
	switch {
	case now != r.stamp:
		r.stamp, r.moved = now, true
	case r.moved:
		r.read(false)
	}
}

// init writes init_file. What fails is told with the first verdict.
func (f *File) init() (problem string) {
	if f.InitFile == nil {
		return ""
	}
	how := os.O_CREATE | os.O_WRONLY | os.O_EXCL
	if f.Overwrite {
		how = os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	}
	file, err := os.OpenFile(f.Path, how, 0o600) // as keepalived, whose umask is 0177
	if errors.Is(err, fs.ErrExist) {
		return ""
	}
	if err == nil {
		_, err = fmt.Fprintln(file, *f.InitFile)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return "init_file: " + err.Error()
	}
	return ""
}

// stamp is what a file's change shows in.
func stamp(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano(), inode(info))
}

var (
	_ Tracker         = (*File)(nil)
	_ Weigher         = (*File)(nil)
	_ Scaled          = (*File)(nil)
	_ Checker         = (*File)(nil)
	_ caddy.Validator = (*File)(nil)
)
