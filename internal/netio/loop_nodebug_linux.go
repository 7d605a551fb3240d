//go:build !netiodebug

package netio

// Without the build tag netiodebug nothing watches how long a task runs.

type loopDebug struct{}

type taskDebug struct{}

func (*taskDebug) began() {}

func (*loop) guard() {}

func (*loop) unguard() {}

func (*loopDebug) runs(*Task) {}

func (*loopDebug) waits() {}
