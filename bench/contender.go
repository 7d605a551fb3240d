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
	Threads, MaxConn     int // MaxConn: what haproxy and this engine accept at a time
	Check                int // port of the server that is checked while the loops are busy; 0 for none
	Full, Close, Root    bool
	Many                 bool // many connections, which share few to the server
}

// contender is one of the programs under comparison.
type contender struct {
	name    string
	config  func(c cell) string // template in config/
	command func(l *lab, file string) []string
	limited bool // gets its number of threads by GOMAXPROCS, not from its configuration
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
	},
	{
		name: "this", config: haproxyFile,
		command: func(l *lab, file string) []string {
			return []string{l.caddy, "haproxy", "-db", "-f", file}
		},
	},
	{
		name: "nginx", config: func(cell) string { return "nginx.conf" },
		command: func(_ *lab, file string) []string { return []string{"nginx", "-e", "stderr", "-c", file} },
	},
	{
		name: "stock caddy", config: func(cell) string { return "Caddyfile" }, limited: true,
		command: func(l *lab, file string) []string {
			return []string{l.caddy, "run", "--adapter", "caddyfile", "--config", file}
		},
	},
}

// selectContenders picks contenders by their names; all of them for "".
func selectContenders(names string) ([]contender, error) {
	return pick("contender", contenders, names, func(c contender) string { return c.name })
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
