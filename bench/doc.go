// Command bench measures this engine beside haproxy, nginx and stock Caddy: one origin server, the same configuration
// where that is possible, one run, the programs taking turns so that what else happens on the machine meets them all.
//
//	go run ./bench [-threads 2,1] [-cells 1k,close,...] [-contenders haproxy,this] [-rounds 5] [-duration 2s] [-o bench/RESULTS.md]
//	go run ./bench -pgo cmd/caddy/default.pgo
//
// It prints, for each cell, the medians over the rounds with the ratio of this engine's to haproxy's, the goal, and whether
// it is met; at the end all goals in one table. CPU time is what counts in most cells: the load generator and the origin
// share the machine with the proxy, so the rate says as much about them. No number makes it fail, only a program that does
// not answer. With -pgo it measures nothing and writes a profile for the compiler.
package main
