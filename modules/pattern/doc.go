// Package pattern matches samples against patterns, as HAProxy's ACLs (configuration.txt 7.1) and maps (7.3.1, "map") do.
// It neither extracts nor converts samples: the caller casts them to the method's Input first.
package pattern
