// Package integration holds black-box tests: the built binary beside Debian's haproxy, with the same file and the same
// bytes. It has no code of its own and nothing imports it.
package integration
