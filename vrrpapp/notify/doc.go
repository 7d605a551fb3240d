// Package notify tells the world of changes of state: it runs the notify scripts and writes the notify FIFOs of keepalived, with
// keepalived's arguments and lines. It never makes the caller wait, and it does not know why a state changed.
//
// What keepalived 2.2.7 was seen to do, and this does too:
//
//   - notify gets INSTANCE or GROUP, the name, the state and the priority after its own arguments; notify_master and its like get
//     nothing. A group's priority is 0. A priority that changes alone goes to the FIFOs only.
//   - The first state of all (BACKUP or FAULT at the start) is told, and STOP at the end, to scripts and FIFOs; a group hears of it
//     like an instance.
//   - A script that is not there, not executable, or refused by enable_script_security, is named at the start and never run; the
//     others are. Environment and working directory are the daemon's, standard streams are /dev/null, HOME is not the user's.
//
// What differs is at Notifier (order) and FIFO (a reader that ends). keepalived exits a second after its last STOP and takes
// scripts that still run with it; here Stop has as much time as its context.
package notify
