package haproxy

import "testing"

// The numbers are those that 2.6.12 shows as slim for the same file.
func TestFullConn(t *testing.T) {
	c := &Config{Global: Global{Maxconn: 5000}, Proxies: []*Proxy{
		{Name: "a", Type: TypeFrontend, Maxconn: 3000, DefaultBackend: "x", UseBackend: []UseBackend{{Backend: "y"}, {Backend: "y"}}},
		{Name: "b", Type: TypeFrontend, Maxconn: 105, DefaultBackend: "y", UseBackend: []UseBackend{{Backend: "%[path]"}}},
		{Name: "c", Type: TypeFrontend, DefaultBackend: "z"},
		{Name: "l", Type: TypeListen, Maxconn: 70},
		{Name: "m", Type: TypeListen, DefaultBackend: "w"},
		{Name: "x", Type: TypeBackend}, {Name: "y", Type: TypeBackend}, {Name: "z", Type: TypeBackend},
		{Name: "w", Type: TypeBackend}, {Name: "v", Type: TypeBackend, Fullconn: 7}, {Name: "u", Type: TypeBackend},
	}}
	for name, want := range map[string]int64{"l": 7, "m": 1, "x": 300, "y": 311, "z": 500, "w": 500, "v": 7, "u": 1} {
		if got := c.fullConn(c.Proxy(name, TypeBackend, TypeListen)); got != want {
			t.Errorf("%s: got %d, want %d", name, got, want)
		}
	}
}
