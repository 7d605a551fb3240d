package main

import (
	"fmt"
	"slices"
	"strings"
)

// cell is one thing that is measured.
type cell struct {
	name  string
	title string
	kind  kind
	file  string // what is asked for
	close bool   // the client says Connection: close
	full  bool   // the tutorial's file instead of a plain one
	shut  bool   // option httpclose
}

type kind int

const (
	requests kind = iota // wrk, 64 connections
	transfer             // one body after the other on one connection
	idle                 // memory of connections that wait
)

// cells is everything that can be measured, in the order of the report.
var cells = []cell{
	{name: "1k", title: "1 KiB, keep-alive", file: "1k"},
	{name: "close", title: "1 KiB, client says `Connection: close`", file: "1k", close: true},
	{name: "16k", title: "16 KiB, keep-alive", file: "16k"},
	{name: "100m", title: "one 100 MiB body", kind: transfer, file: "100m"},
	{name: "full", title: "1 KiB, the tutorial's full.cfg without httpclose (ACLs, captures, httplog over UDP, forwardfor, cookie)", file: "1k", full: true},
	{name: "full-close", title: "1 KiB, the tutorial's full.cfg with httpclose", file: "1k", full: true, shut: true},
	{name: "idle", title: "memory of idle client connections", kind: idle, file: "1k"},
}

// sizes of the files that the origin serves.
var sizes = map[string]int64{"1k": 1 << 10, "16k": 16 << 10, "100m": 100 << 20}

func cellNames() string {
	names := make([]string, len(cells))
	for i, c := range cells {
		names[i] = c.name
	}
	return strings.Join(names, ",")
}

// selectCells picks cells by their names, in the order of the report; all of them for "".
func selectCells(names string) ([]cell, error) {
	if names == "" {
		return cells, nil
	}
	want := strings.Split(names, ",")
	var list []cell
	for _, c := range cells {
		if i := slices.Index(want, c.name); i >= 0 {
			list = append(list, c)
			want = slices.Delete(want, i, i+1)
		}
	}
	if len(want) > 0 {
		return nil, fmt.Errorf("no cell %q; there are %s", want[0], cellNames())
	}
	return list, nil
}

// headers are what the client sends beside Host: what a browser's request to the tutorial's site would carry there.
func (c cell) headers() []string {
	var h []string
	if c.close {
		h = append(h, "Connection: close")
	}
	if c.full {
		h = append(h, "Host: www.itnihao.cn", "Referer: http://www.itnihao.cn/start", "Cookie: SERVERID=web1")
	}
	return h
}
