// Package conf reads the lexical grammar of keepalived.conf(5): comments, quotes, blocks, includes, conditions (@id),
// parameters ($NAME=value), ~SEQ and ~LST. It makes statements with positions out of files and knows no keyword. It
// refuses what keepalived would read as something else than it looks like: a quote or a block that does not end, a parameter
// that is never defined.
//
// Where the manual is silent it does what keepalived 2.2.7 was seen to do.
package conf
