// Package regex compiles regular expressions with the meaning that HAProxy's PCRE2 gives them, over bytes.
// It refuses, with a reason, what it could only match differently.
//
// A pattern is parsed into a tree of byte sets. A tree that is regular runs on Go's linear-time RE2 engine; one with
// look-around, back-references or atomic groups runs on a backtracking library with a bounded match time.
package regex
