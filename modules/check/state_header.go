package check

import (
	"fmt"
	"os"
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// stateHeader is the value of x-haproxy-server-state (configuration.txt 4.2 "http-check send-state").
func stateHeader(s *server.Server, node string) string {
	if node == "" {
		node, _ = os.Hostname() // without a name the field is empty, as HAProxy's would be
	}
	address, port := "unix", "unix"
	if to, ok := s.CheckEndpoint(); ok && !to.IsUnix() {
		address, port = to.Addr.Addr().String(), strconv.Itoa(int(to.Addr.Port()))
	}
	v, b := s.View(), s.Backend()
	var sessions int64
	for _, other := range b.Servers() {
		sessions += other.Conns()
	}
	return fmt.Sprintf("%s; address=%s; port=%s; name=%s/%s; node=%s; weight=%d/%d; scur=%d/%d; qcur=%d",
		v.Status, address, port, b.Name(), s.Name(), node, v.Weight, b.TotalWeight(), s.Conns(), sessions, v.QueueLen)
}
