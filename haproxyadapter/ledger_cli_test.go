package haproxyadapter

import (
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/stats"
)

// cliHelp are the usages that the stats socket lists for its commands.
var cliHelp = sync.OnceValue(func() []string {
	client, server := net.Pipe()
	go stats.Serve(nil, server, stats.Options{Level: stats.Admin, Timeout: 10 * time.Second})
	defer client.Close()
	if _, err := io.WriteString(client, "help\n"); err != nil {
		return nil
	}
	answer, err := io.ReadAll(client)
	if err != nil {
		return nil
	}
	var list []string
	for line := range strings.SplitSeq(string(answer), "\n") {
		if usage, ok := strings.CutPrefix(line, "  "); ok {
			list = append(list, usage)
		}
	}
	return list
})

// cliStatus is what the program does with a command of the stats socket.
func cliStatus(name string) string {
	for _, usage := range cliHelp() {
		if strings.HasPrefix(usage, name+" ") || strings.HasPrefix(usage, name+":") {
			return "yes"
		}
	}
	return "no"
}
