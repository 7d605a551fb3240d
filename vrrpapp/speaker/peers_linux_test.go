package speaker

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
)

// What a peer said last is not held against it for ever: a backup is silent, also after it was mended.
func TestDifferencesGrowStale(t *testing.T) {
	r, err := newRouter(quick(100), nil)
	if err != nil {
		t.Fatal(err)
	}
	said := time.Now()
	r.peers.heard(r, &fsm.Advert{Source: ip("10.9.0.2"), Version: 2, Received: said}, fsm.VersionDiffers)
	for after, want := range map[time.Duration][]string{0: {"version"}, staleAfter - 1: {"version"}, staleAfter: nil} {
		list := r.peers.status(said.Add(after))
		if len(list) != 1 || list[0].Address != ip("10.9.0.2") {
			t.Fatalf("%+v", list)
		}
		if diff := cmp.Diff(want, list[0].Differs); diff != "" {
			t.Errorf("after %v (-want +got):\n%s", after, diff)
		}
	}
}
