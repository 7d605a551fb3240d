package ha

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/integration/lab"
)

// TestLab runs the short selection, or with LAB=all everything, with all pairs; LAB_PAIRS names some, with commas between.
// LAB_EVIDENCE=1 shows what happened also where nothing failed.
// The pair of keepalived alone is only measured, with LAB=all or by its name: its failures are no errors here.
func TestLab(t *testing.T) {
	pairs := lab.Pairs(caddyBin)
	short := os.Getenv("LAB") != "all" && os.Getenv("LAB_PAIRS") == ""
	if short {
		pairs = pairs[:3]
	}
	for _, p := range pairs {
		if only := os.Getenv("LAB_PAIRS"); only != "" && !strings.Contains(","+only+",", ","+p.String()+",") {
			continue
		}
		list := lab.Selection(p, os.Getenv("LAB") != "all")
		slices.SortStableFunc(list, func(a, b lab.Variant) int { return cmp.Compare(b.Most, a.Most) }) // those that take longest begin first
		for _, c := range list {
			if short && c.Group != "life" && p.String() != "ours/ours" {
				continue // LAB=all has them
			}
			t.Run(p.String()+"/"+c.ID(), func(t *testing.T) {
				if !c.Alone {
					t.Parallel()
				}
				out := c.Run(p)
				t.Logf("%s %s: survived %v %q %q: %v", p, c.ID(), out.Survived(), out.Missed, out.Failure, out.Figures)
				for _, e := range out.Errors() {
					t.Error(e)
				}
				if t.Failed() || os.Getenv("LAB_EVIDENCE") != "" {
					t.Log(out.Evidence)
				}
			})
		}
	}
}
