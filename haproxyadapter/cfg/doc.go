// Package cfg turns the text of HAProxy configuration files into logical lines of words, with positions and diagnostics
// (HAProxy's configuration.txt, chapter 2). It knows no keyword: what a word means is decided by the package that owns it.
package cfg
