// Package logformat compiles HAProxy's log-format strings (configuration.txt 8.2.6) and writes the lines and values they
// describe. It opens nothing and sends nothing: where a line goes is modules/logtarget's business.
package logformat
