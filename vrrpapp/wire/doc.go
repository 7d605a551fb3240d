// Package wire is VRRP's message as bytes: version 2 (RFC 3768) and 3 (RFC 5798, RFC 9568), for IPv4 and IPv6. It opens no
// socket, builds no IP header, and knows no instance: whether a sound message is meant for us and may move a timer is
// for package fsm to say.
//
// Receiving: Packet.Parse with what the socket said of the IP header. Sending: Packet.Append into a buffer that is
// kept; the IP header's constants stand beside it. Neither allocates once the packet's address list has grown.
package wire
