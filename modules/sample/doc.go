// Package sample compiles HAProxy's sample expressions ("src,ipmask(24)", configuration.txt 7.3) into closures, and holds
// the fetches and converters they are made of. It does no matching (modules/pattern, modules/acl) and no I/O.
package sample
