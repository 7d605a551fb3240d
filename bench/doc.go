// Command bench measures this engine beside haproxy, nginx and stock Caddy: one origin server, the same configuration
// where that is possible, one run, the programs taking turns so that what else happens on the machine meets them all.
//
//	go run ./bench [-rounds 5] [-duration 2s] [-cells 1k,close,...] [-o bench/RESULTS.md]
//
// It prints, for each cell, the median over the rounds of requests per second, of the median and the 99th percentile of
// the response time, and of the CPU time that the proxy's processes took per request, with the ratio to haproxy's.
// CPU time is what counts here: the load generator and the origin share the machine with the proxy, so the rate says as
// much about them. It refuses to judge: no number makes it fail, only a program that does not answer.
package main
