// Package haproxycmd is HAProxy's command line (management.txt 3): `caddy haproxy ...`, and this program when it is started
// under the name haproxy. It obeys what a configuration says about the process and leaves all else to the haproxy app.
package haproxycmd
