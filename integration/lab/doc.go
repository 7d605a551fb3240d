// Package lab is the proof of the VRRP app: two or three nodes, a client that pings the virtual address every 5 ms and an
// intruder, in network namespaces on one switch, and the cases of what may happen to them. A node runs keepalived or this
// program, both with the same keepalived.conf. The lab judges from outside, by addresses, packets and answers; what a program
// says of itself is evidence only.
//
// It needs root, Linux and keepalived.
package lab
