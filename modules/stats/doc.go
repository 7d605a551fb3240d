// Package stats shows the counters of a running configuration: the statistics page with its CSV and JSON forms, and the
// commands of the stats socket (management.txt 9). It counts nothing itself, opens no socket and knows no configuration
// file: a Source tells it what there is.
package stats
