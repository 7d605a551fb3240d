package haproxycmd

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// readFiles reads files, and of folders the *.cfg files in the order of their bytes.
func readFiles(names []string) ([]cfg.File, *fileError) {
	var files []cfg.File
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, &fileError{"Cannot open configuration file/directory", name, err}
		}
		list := []string{name}
		if info.IsDir() {
			if list, err = folder(name); err != nil {
				return nil, &fileError{"Cannot open configuration directory", name, err}
			}
		}
		for _, f := range list {
			body, err := os.ReadFile(f)
			if err != nil {
				return nil, &fileError{"Could not open configuration file", f, err}
			}
			files = append(files, cfg.File{Name: f, Body: body})
		}
	}
	return files, nil
}

// folder lists the configuration files of a folder.
func folder(name string) ([]string, error) {
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, e := range entries {
		path := strings.TrimSuffix(name, "/") + "/" + e.Name()
		if strings.HasPrefix(e.Name(), ".") || filepath.Ext(e.Name()) != ".cfg" {
			continue
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			list = append(list, path)
		}
	}
	slices.Sort(list)
	return list, nil
}

// fileError is a file that cannot be read.
type fileError struct {
	what, name string
	err        error
}

func (e *fileError) Error() string {
	return "config : " + e.what + " " + e.name + " : " + reason(e.err)
}

// reason is an error of the system in the words of the C library: "No such file or directory".
func reason(err error) string {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return err.Error()
	}
	s := no.Error()
	return strings.ToUpper(s[:1]) + s[1:]
}
