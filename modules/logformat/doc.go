// Package logformat compiles HAProxy's log-format strings (configuration.txt 8.2.6) and writes the lines and values they
// describe. It opens nothing and sends nothing: where a line goes is modules/logtarget's business.
//
// # When HAProxy logs what
//
// Seen by running HAProxy 2.6.12; testdata/requests.txt has the lines and levels.
//
//   - A frontend with log-format or an option of its kind writes one line for each request, when the transaction ends: after
//     the last byte of the response, or when it fails. With option logasap, and for formats whose AtEnd is false, it does so
//     when the response head is there or the answer is local. A frontend without any format writes AppendConnect instead.
//   - A connection that fails before a valid head is there is one line too, with <BADREQ>, status 400 (PR--: bad bytes, a
//     head that does not fit; CR--: it closed) or 408 (cR--: timeout), %B and %U 0 although an error page was sent, the
//     frontend as backend, <NOSRV>, no captures, no unique-id and all timers but %Ti, %Ta, %Tt and %Tu at -1. These lines,
//     and only these, are written with error-log-format when there is one; so are those of AppendConnError, with %ST 0 and
//     PR--. Failed requests that had a valid head (deny, 5xx, timeouts, aborts) use log-format.
//   - Not logged: monitor-uri, set-log-level silent, a kept-alive connection that closes or times out before the first byte
//     of another request, option http-ignore-probes' probes. With dontlognull: what sent no byte at all.
//   - RequestDone is not set (%TR is -1) by HAProxy for requests that never reach a backend's rules for lack of one
//     (`use_backend` matched nothing and there is no default_backend: 503 SC--), for `reject` and for `tarpit`; the time in
//     tarpit is %Tw, so QueueDone is when it ended. `deny`, `return`, redirects and auth set it.
//   - The stats page has all timers set, server <STATS>, flags LR--.
//   - %t is when waiting for the request began: accept, or the end of the previous transaction. %tr is its first byte.
//     %Th counts for the first request of a connection only.
//   - %B and %U are whole streams, heads included. With logasap %U is 0 and %B what was received of the response by then.
//   - %rt counts all requests of the process, from 0, also those that are not logged; %lc the frontend's written lines.
//   - %ac, %fc, %bc, %sc are read when the line is written: the client's connection is still counted in the first two, the
//     request is not in %bc and %sc any more, except with logasap.
//
// One oddity is left out: when a format has no variable but parts of the request line, %rt and such that need no waiting
// (`log-format %HP`), HAProxy writes the line twice, before the rules and at the response head. Here AtEnd is false for it.
package logformat
