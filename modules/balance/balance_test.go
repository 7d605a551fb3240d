package balance

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

type waker struct{}

func (waker) Wake() {}

// farm is a backend of one-letter servers.
func farm(t testing.TB, lb server.Balancer, weights ...int) *server.Backend {
	t.Helper()
	b := server.NewBackend("b")
	s := &server.Settings{Balancer: lb}
	for i, w := range weights {
		name := string(rune('a' + i))
		if i >= 26 {
			name = fmt.Sprint("s", i)
		}
		s.Servers = append(s.Servers, &server.Config{Name: name, Address: "127.0.0.1:80", Weight: &w})
	}
	if err := b.Configure(s); err != nil {
		t.Fatal(err)
	}
	return b
}

// take sends n requests, one after the other, and tells which servers got them.
func take(t testing.TB, b *server.Backend, n int) string {
	t.Helper()
	var got strings.Builder
	var tx txn.Txn
	for range n {
		s := server.Slot{Waker: waker{}}
		if o := b.Assign(&tx, &s, nil, nil); o != server.Granted {
			t.Fatalf("outcome %d", o)
		}
		got.WriteString(s.Server.Name())
		s.Release()
	}
	return got.String()
}

func TestSequences(t *testing.T) {
	for _, tt := range []struct {
		algorithm string
		lb        server.Balancer
		weights   []int
		want      string
	}{
		{"roundrobin", new(RoundRobin), []int{1, 2}, "bbabba"},
		{"roundrobin", new(RoundRobin), []int{3, 2, 1}, "abacababacab"},
		{"roundrobin", new(RoundRobin), []int{1, 1, 1}, "abcabc"},
		{"roundrobin", new(RoundRobin), []int{13, 7}, "aabaabaababaabaabaabaabaabaababaabaabaab"},
		{"roundrobin", new(RoundRobin), []int{5, 3, 7, 3, 2}, "cacbdacecabdcacbcaedcacbdacecabdcacbcaed"},
		{"roundrobin", new(RoundRobin), []int{6, 4, 9, 11}, "dcdacdbcdadcadbcdcadcbdacddcab"},
		{"static-rr", new(StaticRR), []int{3, 2, 1}, "aababcaababc"},
		{"static-rr", new(StaticRR), []int{5, 2, 4}, "abcaacabcacabcaacabcac"},
		{"static-rr", new(StaticRR), []int{2, 4}, "abbabb"},
		{"static-rr", new(StaticRR), []int{3, 3, 2}, "abacbabcabacbabc"},
		{"static-rr", new(StaticRR), []int{1, 2, 3}, "acbcbcacbcbc"},
		{"leastconn", new(LeastConn), []int{1, 1, 1}, "abcabcabc"},
		{"leastconn", new(LeastConn), []int{3, 2, 1}, "abcabcabc"},
		{"first", new(First), []int{1, 1, 1}, "aaaaaa"},
	} {
		t.Run(fmt.Sprint(tt.algorithm, tt.weights), func(t *testing.T) {
			if got := take(t, farm(t, tt.lb, tt.weights...), len(tt.want)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestSequencesOfHAProxy compares with the real thing, for weights by chance.
func TestSequencesOfHAProxy(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 6 {
		weights := make([]int, 2+rng.IntN(4))
		var options []string
		for i := range weights {
			weights[i] = 1 + rng.IntN(20)
			options = append(options, fmt.Sprint("weight ", weights[i]))
		}
		for algorithm, lb := range map[string]server.Balancer{"roundrobin": new(RoundRobin), "static-rr": new(StaticRR), "leastconn": new(LeastConn)} {
			t.Run(fmt.Sprint(algorithm, weights), func(t *testing.T) {
				requests, _ := haproxy(t, algorithm, options)
				want := requests(150)
				if got := take(t, farm(t, lb, weights...), 150); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			})
		}
	}
}

// TestChanges has servers come and go and weights change between requests. The order right after a change is not always
// HAProxy's, see RoundRobin.Changed; these are changes where it is, TestShares looks at all others.
func TestChanges(t *testing.T) {
	type step struct {
		n    int
		name string // then this server
		mode string // maint, ready or a weight
	}
	for _, tt := range []struct {
		algorithm string
		weights   []int
		steps     []step
	}{
		{"roundrobin", []int{3, 2, 1}, []step{{7, "a", "maint"}, {10, "a", "ready"}, {20, "", ""}}},
		{"roundrobin", []int{1, 1, 1}, []step{{4, "b", "maint"}, {5, "b", "ready"}, {12, "", ""}}},
		{"roundrobin", []int{3, 2, 1}, []step{{6, "a", "maint"}, {0, "a", "ready"}, {24, "", ""}}},
		{"roundrobin", []int{3, 2, 1}, []step{{6, "a", "weight 1"}, {24, "", ""}}},
		{"roundrobin", []int{4, 4}, []step{{9, "a", "weight 1"}, {24, "", ""}}},
		{"roundrobin", []int{1, 1, 1}, []step{{4, "b", "weight 0"}, {5, "b", "weight 1"}, {12, "", ""}}},
		{"static-rr", []int{3, 2, 1}, []step{{4, "b", "maint"}, {8, "b", "ready"}, {18, "", ""}}},
		{"leastconn", []int{1, 1, 1}, []step{{4, "b", "maint"}, {5, "b", "ready"}, {7, "", ""}}},
	} {
		t.Run(fmt.Sprint(tt.algorithm, tt.weights, tt.steps), func(t *testing.T) {
			var options []string
			for _, w := range tt.weights {
				options = append(options, fmt.Sprint("weight ", w))
			}
			requests, command := haproxy(t, tt.algorithm, options)
			b := farm(t, map[string]server.Balancer{"roundrobin": new(RoundRobin), "static-rr": new(StaticRR), "leastconn": new(LeastConn)}[tt.algorithm], tt.weights...)
			var got, want []string
			for _, s := range tt.steps {
				got, want = append(got, take(t, b, s.n)), append(want, requests(s.n))
				if s.name == "" {
					continue
				}
				if weight, ok := strings.CutPrefix(s.mode, "weight "); ok {
					var w int
					fmt.Sscan(weight, &w)
					if err := b.ServerByName(s.name).SetWeight(w); err != nil {
						t.Fatal(err)
					}
					command("set server b/" + s.name + " weight " + weight)
					continue
				}
				b.ServerByName(s.name).SetMode(map[string]server.Mode{"maint": server.Maintenance, "ready": server.Ready}[s.mode])
				command("set server b/" + s.name + " state " + s.mode)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

// TestShares changes weights by chance: from then on each server gets its share, and nobody starves or is flooded.
func TestShares(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		weights := make([]int, 2+rng.IntN(5))
		for i := range weights {
			weights[i] = 1 + rng.IntN(9)
		}
		b := farm(t, new(RoundRobin), weights...)
		total := 0
		for range 4 {
			take(t, b, rng.IntN(40))
			i := rng.IntN(len(weights))
			weights[i] = 1 + rng.IntN(9)
			s := b.Servers()[i]
			if rng.IntN(2) == 0 {
				s.SetMode(server.Maintenance)
				take(t, b, rng.IntN(20))
				s.SetMode(server.Ready)
			}
			if err := s.SetWeight(weights[i]); err != nil {
				t.Fatal(err)
			}
			total = 0
			for _, w := range weights {
				total += w
			}
		}
		got := take(t, b, 10*total)
		for i, w := range weights {
			if n := strings.Count(got, string(rune('a'+i))); n < 10*w-len(weights) || n > 10*w+len(weights) {
				t.Fatalf("weights %v: server %c got %d of %d: %s", weights, 'a'+i, n, 10*total, got)
			}
		}
	}
}

func TestRandom(t *testing.T) {
	got := take(t, farm(t, new(Random), 9, 1), 2000)
	if n := strings.Count(got, "b"); n < 100 || n > 320 {
		t.Errorf("b with a tenth of the weight got %d of 2000", n)
	}
	// The loaded server is only taken when nothing else was drawn.
	b := farm(t, &Random{Draws: 10}, 1, 1)
	var held [8]server.Slot
	for i := range held {
		held[i].Waker = waker{}
		if b.Assign(nil, &held[i], b.ServerByName("a"), nil) != server.Granted {
			t.Fatal("not granted")
		}
	}
	if got := take(t, b, 200); strings.Count(got, "a") > 5 {
		t.Errorf("the loaded server got %d of 200", strings.Count(got, "a"))
	}
}

// TestLeastConnLoad has sessions come and stay; the sequences are HAProxy's.
func TestLeastConnLoad(t *testing.T) {
	for want, weights := range map[string][]int{
		"abaaaaaabaaaabaaaabaaaab": {4, 1}, "abcabaabacbaabacbaabacba": {3, 2, 1}, "abaabaabaabaabaabaab": {2, 1}, "abaaaaabaaabaaaabaaabaaa": {10, 3},
	} {
		b := farm(t, new(LeastConn), weights...)
		var got strings.Builder
		for range want {
			s := &server.Slot{Waker: waker{}}
			b.Assign(nil, s, nil, nil)
			got.WriteString(s.Server.Name())
		}
		if got.String() != want {
			t.Errorf("%v\ngot  %s\nwant %s", weights, got.String(), want)
		}
	}
}

// TestLeastConnMaxQueue fills servers and their queues in HAProxy's order; a dot waits for any server.
func TestLeastConnMaxQueue(t *testing.T) {
	for _, tt := range []struct {
		want    string
		servers []*server.Config
	}{
		{"abaaa...", []*server.Config{{Name: "a", MaxConn: 2, MaxQueue: 2}, {Name: "b", MaxConn: 1}}},
		{"abaab..", []*server.Config{{Name: "a", MaxConn: 1, MaxQueue: 2}, {Name: "b", MaxConn: 1, MaxQueue: 1}}},
	} {
		b := server.NewBackend("b")
		for _, c := range tt.servers {
			c.Address = "127.0.0.1:1"
		}
		if err := b.Configure(&server.Settings{Balancer: new(LeastConn), Servers: tt.servers}); err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		at := map[string]int64{}
		for range tt.want {
			b.Assign(nil, &server.Slot{Waker: waker{}}, nil, nil)
			where := "."
			for _, s := range b.Servers() {
				if n := s.Conns() + s.QueueLen(); n > at[s.Name()] {
					at[s.Name()], where = n, s.Name()
				}
			}
			got.WriteString(where)
		}
		if got.String() != tt.want {
			t.Errorf("got %s, want %s", got.String(), tt.want)
		}
	}
}

func TestAvoid(t *testing.T) {
	for name, lb := range map[string]server.Balancer{"roundrobin": new(RoundRobin), "static-rr": new(StaticRR),
		"leastconn": new(LeastConn), "first": new(First), "random": new(Random)} {
		t.Run(name, func(t *testing.T) {
			b := farm(t, lb, 5, 1)
			a := b.ServerByName("a")
			for range 20 {
				s := server.Slot{Waker: waker{}}
				if b.Assign(nil, &s, nil, a) != server.Granted || s.Server == a {
					t.Fatal("the server to avoid was chosen")
				}
				s.Release()
			}
			b.ServerByName("b").SetMode(server.Maintenance)
			s := server.Slot{Waker: waker{}}
			if b.Assign(nil, &s, nil, a) != server.Granted || s.Server != a {
				t.Error("the only server left was not chosen")
			}
		})
	}
}

func TestNoAllocation(t *testing.T) {
	for name, lb := range map[string]server.Balancer{"roundrobin": new(RoundRobin), "static-rr": new(StaticRR),
		"leastconn": new(LeastConn), "first": new(First), "random": new(Random)} {
		b := farm(t, lb, 5, 1, 3)
		var tx txn.Txn
		s := server.Slot{Waker: waker{}}
		if n := testing.AllocsPerRun(100, func() { b.Assign(&tx, &s, nil, nil); s.Release() }); n != 0 {
			t.Errorf("%s: %v allocations per request", name, n)
		}
	}
}

func TestParse(t *testing.T) {
	for line, want := range map[string]string{
		"":                 `{"algorithm":"roundrobin"}`,
		"roundrobin":       `{"algorithm":"roundrobin"}`,
		"static-rr":        `{"algorithm":"static_rr"}`,
		"random(3)":        `{"algorithm":"random","draws":3}`,
		"random()":         `{"algorithm":"random"}`,
		"random(0)":        `number of draws must be at least 1`,
		"random(3":         `missing closing parenthesis`,
		"random(x)":        `'x' is not an integer`,
		"source":           `'balance source' is not supported yet`,
		"hdr(host)":        `'balance hdr' is not supported yet`,
		"uri_param":        `Did you mean 'url_param' maybe ?`,
		"roundrobin whole": `cannot handle unexpected argument 'whole'`,
	} {
		raw, err := Parse(cfg.FromWords(cfg.Pos{File: "f", Line: 1}, append([]string{"balance"}, strings.Fields(line)...)...))
		got := string(raw)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("balance %s: got %s, want %s", line, got, want)
		}
	}
}
