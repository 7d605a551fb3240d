// Package notify tells the world of changes of state: it runs the notify scripts and writes the notify FIFOs of keepalived, with
// keepalived's arguments and lines. It never makes the caller wait, and it does not know why a state changed.
package notify
