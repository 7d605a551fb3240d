package main

import (
	"maps"
	"testing"
)

func TestParseCounts(t *testing.T) {
	const text = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 44.00    0.440000          11     40000           sendto
 30.00    0.300000           7     40100        60 recvfrom
 26.00    0.260000          13     20000           epoll_wait
------ ----------- ----------- --------- --------- ----------------
100.00    1.000000          10    100100        60 total
`
	got, err := parseCounts(text)
	if err != nil {
		t.Fatal(err)
	}
	if want := (callCounts{"sendto": 40000, "recvfrom": 40100, "epoll_wait": 20000}); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := got.all(); n != 100100 {
		t.Errorf("%d calls in all", n)
	}
	if text, want := got.top(20000), "recvfrom 2.005, sendto 2.000, epoll_wait 1.000"; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	for _, bad := range []string{"", "a b c d e\n"} {
		if got, err := parseCounts(bad); err == nil {
			t.Errorf("%q accepted as %v", bad, got)
		}
	}
}
