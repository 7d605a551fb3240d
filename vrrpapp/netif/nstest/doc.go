// Package nstest gives tests network namespaces joined by a switch: run a function or a command in one of them, pull a
// cable, ping across. It never touches the namespace the test itself runs in, and it needs root.
//
// The namespaces have no name: they exist as long as a process or a descriptor holds them, so that a test which dies
// leaves nothing behind, and tests of several processes cannot meet.
package nstest
