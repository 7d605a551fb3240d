// Package hunt runs the haproxy app in process between clients and servers that misbehave at random, under reloads, and
// checks that no request or answer is lost, mixed up or invented, and that everything is given back at the end. It has no
// code of its own and nothing imports it. HUNT=5m runs it for five minutes, HUNT_SEED=n repeats the choices of a run.
package hunt
