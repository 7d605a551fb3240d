//go:build !linux

package netio

import "testing"

var worlds = map[string]func(*testing.T) *world{"goroutines": goroutines}
