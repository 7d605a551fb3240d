// Package netif moves VRRP's bytes and addresses: raw sockets, gratuitous ARP and neighbour advertisements, addresses,
// routes, rules and macvlans of the host, and news of its interfaces. It decides nothing: when a packet is sent or an
// address taken is the caller's matter, and what a packet says is package wire's.
//
// Everything is opened in the network namespace of the calling thread and stays there, whoever uses it later; only the
// settings under /proc/sys follow the thread that writes them.
package netif
