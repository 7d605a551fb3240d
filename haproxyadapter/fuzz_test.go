package haproxyadapter

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"golang.org/x/tools/txtar"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// FuzzAdapt wants no panic, and of each text without errors a JSON that reads back as it was written.
func FuzzAdapt(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		f.Fatal("no seeds")
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(a.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		apps, diags := Adapt([]cfg.File{{Name: "fuzz.cfg", Body: body}}, Options{LocalPeer: "here", Read: readNothing})
		if diags.HasErrors() {
			return
		}
		raw, err := json.Marshal(apps)
		if err != nil {
			t.Fatal(err)
		}
		again := new(Apps)
		if err := caddy.StrictUnmarshalJSON(raw, again); err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		second, err := json.Marshal(again)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(raw, second) {
			t.Fatalf("first  %s\nsecond %s", raw, second)
		}
	})
}

// readNothing keeps the fuzzer away from the machine's files.
func readNothing(name string) ([]byte, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
