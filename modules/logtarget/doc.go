// Package logtarget sends log messages where HAProxy's `log` lines say (configuration.txt 3.1 and 4.2 "log"): syslog over
// UDP and unix datagrams, standard output, descriptors. It never blocks its caller: what cannot be sent at once is dropped
// and counted. It does not know what a message says; modules/logformat writes that.
package logtarget
