package haproxy

import "slices"

// MaxThreads is the largest value of "nbthread" (configuration.txt 3.1).
const MaxThreads = 64

// reservedFiles are the descriptors that are kept for anything but connections.
const reservedFiles = 64

// defaultMaxconn is how many client connections the limit of open files allows, each with one to a server, and with half a
// descriptor for its share of the pipes when a proxy wants them; 0 is no limit (configuration.txt 3.2 "maxconn").
func (c *Config) defaultMaxconn() int {
	n := openFiles()
	if n == 0 {
		return 0
	}
	if c.splices() {
		return max(1, (n-reservedFiles)*2/5)
	}
	return max(1, (n-reservedFiles)/2)
}

// splices tells whether any proxy has one of the options splice-auto, splice-request and splice-response.
func (c *Config) splices() bool {
	return slices.ContainsFunc(c.Proxies, func(p *Proxy) bool {
		return p.Option.SpliceAuto || p.Option.SpliceRequest || p.Option.SpliceResponse
	})
}

// maxpipes is the limit of pipes: what the file says, or a quarter of maxconn, or all of a maxconn below 4 (seen with
// 2.6.12). 0 is no limit.
func (g *Global) maxpipes(maxconn int) int {
	if g.Maxpipes != 0 || maxconn == 0 {
		return g.Maxpipes
	}
	if maxconn < 4 {
		return maxconn
	}
	return maxconn / 4
}

// PipeFiles is how many descriptors are to be had for pipes beside those of maxconn connections: none unless the file speaks
// of pipes, since bodies are copied when no pipe can be had (configuration.txt 3.2 "maxpipes").
func (c *Config) PipeFiles(maxconn int) int {
	if c.Global.Maxpipes == 0 && !c.splices() {
		return 0
	}
	return 2 * c.Global.maxpipes(maxconn)
}
