package haproxy

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/internal/engine"
)

// TestLoops: what the engine is told about its event loops and pipes.
func TestLoops(t *testing.T) {
	type loops struct {
		Threads, MaxPipes, PipeSize, MaxAccept int
		NoEpoll, NoSplice, IdlePoolShared      bool
	}
	for _, row := range []struct {
		name, global string
		want         loops
	}{
		{"defaults", `"maxconn":100`, loops{MaxPipes: 25, IdlePoolShared: true}},
		{"threads", `"maxconn":100,"nbthread":3`, loops{Threads: 3, MaxPipes: 25, IdlePoolShared: true}},
		{"few connections", `"maxconn":3`, loops{MaxPipes: 3, IdlePoolShared: true}},
		{"rounded", `"maxconn":7`, loops{MaxPipes: 1, IdlePoolShared: true}},
		{"pipes", `"maxconn":3,"maxpipes":50,"tune":{"pipesize":4096}`, loops{MaxPipes: 50, PipeSize: 4096, IdlePoolShared: true}},
		{"off", `"maxconn":4,"noepoll":true,"nosplice":true,"tune":{"idle_pool_shared":false,"maxaccept":-1}`,
			loops{MaxPipes: 1, NoEpoll: true, NoSplice: true, MaxAccept: -1}},
		{"on", `"maxconn":4,"tune":{"idle_pool_shared":true,"maxaccept":9}`, loops{MaxPipes: 1, IdlePoolShared: true, MaxAccept: 9}},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := compiled(t, `{"global":{`+row.global+`}}`).snap.Global
			got := loops{g.Threads, g.MaxPipes, g.PipeSize, g.MaxAccept, g.NoEpoll, g.NoSplice, g.IdlePoolShared}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSplice: the options of a frontend and of a backend reach the engine, each its own.
func TestSplice(t *testing.T) {
	for _, row := range []struct {
		option string
		want   [3]bool
	}{
		{`{}`, [3]bool{}}, {`{"splice_auto":true}`, [3]bool{true, false, false}},
		{`{"splice_request":true}`, [3]bool{false, true, false}}, {`{"splice_response":true}`, [3]bool{false, false, true}},
	} {
		for _, conf := range []string{front(`,"option":` + row.option), back(`,"option":` + row.option)} {
			p := compiled(t, conf).snap.Proxies[0]
			if got := [3]bool{p.SpliceAuto, p.SpliceRequest, p.SpliceResponse}; got != row.want {
				t.Errorf("%s: %v, want %v", conf, got, row.want)
			}
		}
	}
}

// TestPipeFiles: a file that speaks of pipes wants descriptors for them, from what is left beside connections (2.6.12 with a
// limit of 20000 files has a maxconn of 9986, and of 7988 with pipes).
func TestPipeFiles(t *testing.T) {
	for _, row := range []struct {
		name, conf string
		want       int
	}{
		{"none", `{"proxies":[{"name":"f","type":"frontend","mode":"http"}]}`, 0},
		{"maxpipes", `{"global":{"maxpipes":5}}`, 10},
		{"option", front(`,"option":{"splice_auto":true}`), 50},
		{"both", `{"global":{"maxpipes":5},"proxies":[{"name":"b","type":"backend","mode":"http","option":{"splice_request":true}}]}`, 10},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := config(t, row.conf).PipeFiles(100); got != row.want {
				t.Errorf("%d, want %d", got, row.want)
			}
		})
	}
	plain, pipes := config(t, front("")).defaultMaxconn(), config(t, front(`,"option":{"splice_response":true}`)).defaultMaxconn()
	if files := openFiles(); files > 1000 && (pipes >= plain || 2*pipes+pipes/2 > files) {
		t.Errorf("%d connections without and %d with pipes, of %d files", plain, pipes, files)
	}
}

// TestProcessLoops: `show info` tells the number of loops and the limit of pipes.
func TestProcessLoops(t *testing.T) {
	proc.engineFor(slog.New(slog.DiscardHandler))
	b := &built{cfg: new(Config), snap: &engine.Snapshot{Global: engine.Global{Threads: 5, MaxPipes: 6}}}
	was := proc.ruling.Swap(b)
	defer proc.ruling.Store(was)
	if p := (source{}).Process(); p.Threads != 5 || p.Maxpipes != 6 {
		t.Errorf("%d threads, %d pipes", p.Threads, p.Maxpipes)
	}
}
