package main

import (
	"bytes"
	"embed"
	"os"
	"path/filepath"
	"text/template"
)

//go:embed config
var configs embed.FS

// settings are what a configuration template is filled with.
type settings struct {
	Dir                  string
	Port, Origin, Syslog int
	MaxConn              int // what haproxy and this engine accept at a time
	Full, Close, Root    bool
}

// contender is one of the programs under comparison.
type contender struct {
	name    string
	config  func(c cell) string // template in config/
	command func(l *lab, file string) []string
	version func(l *lab) []string
}

func haproxyFile(c cell) string {
	if c.full {
		return "full.cfg"
	}
	return "simple.cfg"
}

// contenders take turns in this order. The first is the measure of the others.
var contenders = []contender{
	{
		name: "haproxy", config: haproxyFile,
		command: func(_ *lab, file string) []string { return []string{"haproxy", "-db", "-f", file} },
		version: func(*lab) []string { return []string{"haproxy", "-v"} },
	},
	{
		name: "nginx", config: func(cell) string { return "nginx.conf" },
		command: func(_ *lab, file string) []string { return []string{"nginx", "-e", "stderr", "-c", file} },
		version: func(*lab) []string { return []string{"nginx", "-v"} },
	},
	{
		name: "stock caddy", config: func(cell) string { return "Caddyfile" },
		command: func(l *lab, file string) []string {
			return []string{l.caddy, "run", "--adapter", "caddyfile", "--config", file}
		},
		version: func(l *lab) []string { return []string{l.caddy, "version"} },
	},
	{
		name: "this", config: haproxyFile,
		command: func(l *lab, file string) []string {
			return []string{l.caddy, "run", "--adapter", "haproxy", "--config", file}
		},
		version: func(*lab) []string { return []string{"go", "version"} },
	},
}

// write fills a template and writes it into a folder of its own.
func write(name string, s settings) (string, error) {
	t, err := template.ParseFS(configs, "config/"+name)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, s); err != nil {
		return "", err
	}
	file := filepath.Join(s.Dir, name)
	return file, os.WriteFile(file, b.Bytes(), 0o600)
}
