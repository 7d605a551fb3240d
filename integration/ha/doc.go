// Package ha runs the cases of the lab as tests.
package ha
