package netif

import "golang.org/x/sys/unix"

// ruleIsOurs reads the tag of a rule's message.
func ruleIsOurs(m []byte) bool {
	if len(m) < unix.SizeofRtMsg {
		return false
	}
	for attr, value := range attributes(m[unix.SizeofRtMsg:]) {
		if attr == unix.FRA_PROTOCOL {
			return len(value) == 1 && value[0] == RouteProtocol
		}
	}
	return false
}
