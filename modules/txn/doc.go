// Package txn is one transaction as rules, fetches and logs see it: heads, connection, variables, captures, timers.
// It decides nothing and does no I/O; the engine fills it, everything else reads it or edits its heads.
package txn
