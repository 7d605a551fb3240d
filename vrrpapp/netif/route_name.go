package netif

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// nameFiles is where iproute2 gives names to numbers: rt_tables, rt_protos, rt_scopes, rt_realms, rt_dsfield, each with a folder
// NAME.d of further files. Newer versions ship theirs in the second place.
var nameFiles = []string{"/etc/iproute2", "/usr/share/iproute2"}

// builtin names need no file.
var builtin = map[string]map[string]uint32{
	"rt_tables": {"default": 253, "main": 254, "local": 255},
	"rt_scopes": {"global": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255},
	"rt_protos": {"redirect": 1, "kernel": 2, "boot": 3, "static": 4, "ra": 9, "keepalived": RouteProtocol},
}

// numbered reads a number or a name of one of iproute2's files.
func numbered(file, word string, most uint64) (uint32, error) {
	if n, err := strconv.ParseUint(word, 0, 32); err == nil {
		if n > most {
			return 0, fmt.Errorf("%s is more than %d", word, most)
		}
		return uint32(n), nil
	}
	if n, ok := builtin[file][word]; ok {
		return n, nil
	}
	for _, folder := range nameFiles {
		more, _ := filepath.Glob(filepath.Join(folder, file+".d", "*.conf"))
		for _, path := range slices.Concat([]string{filepath.Join(folder, file)}, more) {
			raw, err := os.ReadFile(path)
			if err != nil {
				continue
			}
			if n, ok := lookUp(string(raw), word); ok && uint64(n) <= most {
				return n, nil
			}
		}
	}
	return 0, fmt.Errorf("'%s' is neither a number nor a name of %s/%s", word, nameFiles[0], file)
}

// lookUp finds a name in lines "NUMBER NAME".
func lookUp(text, name string) (uint32, bool) {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if f := strings.Fields(line); len(f) >= 2 && f[1] == name {
			if n, err := strconv.ParseUint(f[0], 0, 32); err == nil {
				return uint32(n), true
			}
		}
	}
	return 0, false
}

// realms reads "[FROM/]TO" as from<<16 + to.
func realms(word string) (uint32, error) {
	from, to, both := strings.Cut(word, "/")
	if !both {
		return numbered("rt_realms", word, 1<<16-1)
	}
	f, err := numbered("rt_realms", from, 1<<16-1)
	if err != nil {
		return 0, err
	}
	t, err := numbered("rt_realms", to, 1<<16-1)
	return f<<16 | t, err
}
