//go:build !linux

package main

import (
	"errors"
	"time"
)

type loop struct{}

type outgoing struct {
	next       int
	due        time.Duration
	busy, dead bool
}

var errLinuxOnly = errors.New("the load generator needs Linux")

func (*loop) start() error                             { return errLinuxOnly }
func (*loop) connect(generatorPlan) (*outgoing, error) { return nil, errLinuxOnly }
func (*loop) run(*schedule, time.Duration) error       { return errLinuxOnly }
func (*outgoing) send() error                          { return errLinuxOnly }
func (*outgoing) close()                               {}
