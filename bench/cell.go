package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
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
	goal  *goal  // of the cell's main measure
}

type kind int

const (
	requests kind = iota // wrk, 64 connections
	transfer             // one body after the other on one connection
	constant             // half of haproxy's top rate, open loop
	idle                 // memory of connections that wait
	held                 // many connections, few requests
	growth               // the cost of a request beside more and more connections
	busy                 // what else the process does while its loops are saturated
	syscalls             // system calls and context switches
)

// cells is everything that can be measured, in the order of the report.
var cells = []cell{
	{name: "1k", title: "1 KiB, keep-alive", file: "1k", goal: &goal{limit: 1, accept: 1.1}},
	{name: "close", title: "1 KiB, client says `Connection: close`", file: "1k", close: true, goal: &goal{limit: 0.9}},
	{name: "16k", title: "16 KiB, keep-alive", file: "16k", goal: &goal{limit: 1}},
	{name: "100m", title: "one 100 MiB body", kind: transfer, file: "100m", goal: &goal{limit: 0.5}},
	{name: "full", title: "1 KiB, the tutorial's full.cfg without httpclose (ACLs, captures, httplog over UDP, forwardfor, cookie)", file: "1k", full: true, goal: &goal{limit: 1.1}},
	{name: "full-close", title: "1 KiB, the tutorial's full.cfg with httpclose", file: "1k", full: true, shut: true, goal: &goal{limit: 1.1}},
	{name: "p99", title: "response time at half of haproxy's top rate, 1 KiB, 64 connections", kind: constant, file: "1k", goal: &goal{limit: 1.1}},
	{name: "idle", title: "memory of idle client connections", kind: idle, file: "1k", goal: &goal{limit: 1}},
	{name: "held", title: "many connections held, few requests over them", kind: held, file: "1k", goal: &goal{limit: 1}},
	{name: "growth", title: "the same rate over more and more connections, 1 KiB", kind: growth, file: "1k", goal: &goal{limit: 1.15, absolute: true}},
	{name: "busy", title: "beside saturated loops", kind: busy, file: "1k", goal: &goal{limit: float64(5 * time.Millisecond), absolute: true}},
	{name: "syscalls", title: "system calls, 1 KiB keep-alive", kind: syscalls, file: "1k", goal: &goal{limit: 1}},
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
	return pick("cell", cells, names, func(c cell) string { return c.name })
}

// pick selects the members of a list by their names, in the order of the list; all of them for "".
func pick[T any](what string, all []T, names string, name func(T) string) ([]T, error) {
	if names == "" {
		return all, nil
	}
	want := strings.Split(names, ",")
	var list []T
	for _, c := range all {
		if i := slices.Index(want, name(c)); i >= 0 {
			list = append(list, c)
			want = slices.Delete(want, i, i+1)
		}
	}
	if len(want) > 0 {
		var known []string
		for _, c := range all {
			known = append(known, name(c))
		}
		return nil, fmt.Errorf("no %s %q; there are %s", what, want[0], strings.Join(known, ","))
	}
	return list, nil
}

// request is what the client sends: what a browser's request to the tutorial's site would carry there.
func (c cell) request(port int) string {
	fields := c.headers()
	if !slices.ContainsFunc(fields, func(h string) bool { return strings.HasPrefix(h, "Host:") }) {
		fields = append(fields, "Host: "+address(port))
	}
	return "GET /" + c.file + " HTTP/1.1\r\n" + strings.Join(fields, "\r\n") + "\r\n\r\n"
}

// headers are what the client sends beside Host.
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
