package netif

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
)

// The order of an interface's addresses is the kernel's, whichever of them go.
func TestTableKeepsTheOrder(t *testing.T) {
	events := 0
	tab := table{byIndex: map[int]*known{}, emit: func(Event) { events++ }}
	var want []netip.Prefix
	one := func(i int) Address {
		return Address{Prefix: netip.MustParsePrefix(fmt.Sprintf("10.0.%d.%d/32", i/250, i%250+1))}
	}
	for i := range 9 {
		tab.address(7, one(i))
		want = append(want, one(i).Prefix)
	}
	for _, i := range []int{0, 3, 8, 4, 1, 7} {
		tab.removeAddress(7, one(i))
		want = slices.DeleteFunc(want, func(p netip.Prefix) bool { return p == one(i).Prefix })
		tab.address(7, one(20+i))
		want = append(want, one(20+i).Prefix)
		var got []netip.Prefix
		for _, a := range tab.byIndex[7].addrs {
			got = append(got, a.Prefix)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("without %d: %v, want %v", i, got, want)
		}
	}
	if events != 9+12 {
		t.Errorf("%d events", events)
	}
}
