package sample

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

// TestOracleRandom compares values of random heads with HAProxy's: lists, cookies and parameters made of the bytes that
// matter to their parsers. The seed is fixed; SAMPLE_SEED in the environment looks further.
func TestOracleRandom(t *testing.T) {
	bin := oracle.HAProxy(t)
	r := rand.New(rand.NewPCG(randomSeed(t), 2))
	for n := range 12 {
		g := randomGroup(r, n)
		server := rawServer(t, g.response)
		body, err := runHAProxy(t, bin, g, server)
		if err != nil {
			if strings.Contains(err.Error(), "400 Bad") || strings.Contains(err.Error(), "502 Bad") {
				continue // the codec's business
			}
			t.Fatal(err)
		}
		for i, row := range g.rows {
			row.want = answer(t, body, i, row)
		}
		evalGroup(t, "seed "+strconv.FormatUint(randomSeed(t), 10)+" "+strconv.Quote(g.request+g.response), g)
	}
}

func randomGroup(r *rand.Rand, n int) *group {
	g := &group{name: strconv.Itoa(n)}
	query := randomText(r, "abq=&;?1%/,", 24)
	g.request = fmt.Sprintf("GET /%s HTTP/1.1\r\nHost: %s\r\n", query, randomText(r, "ab.:1,", 8))
	for range 3 {
		g.request += "Cookie: " + randomText(r, `ab==;;, "\1$`, 16) + "\r\n"
		g.request += "X: " + randomText(r, `ab,, "\1-`+"\t", 16) + "\r\n"
	}
	g.request += "\r\n"
	exprs := []string{"path", "pathq", "query", "base", "baseq", "base32", "url32", "url_param", "url_param(a)", "url_param(b,/)", "url_param(,q)",
		"urlp_val(q)", "hdr(x)", "hdr_cnt(x)", "hdr_val(x)", "req.fhdr(x,2)", "hdr(x,2)", "hdr(x,-2)", "hdr(x,-3)", "cook(a)", "cook(b)", "cook",
		"cook_cnt", "cook_cnt(a)", "cook_val(b)", "cook(ab)", "hdr(host)", "hdr_names"}
	exprs[len(exprs)-1] = "req.hdr_names"
	if n%3 == 2 {
		g.response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
		for range 3 {
			g.response += "Set-Cookie: " + randomText(r, `ab==;;, "\1$`, 20) + "\r\n"
		}
		g.response += "\r\n"
		exprs = []string{"scook(a)", "scook(b)", "scook", "scook_cnt", "scook_cnt(a)", "scook_val(b)", "scook(ab)", "res.hdr(set-cookie,2)",
			"res.hdr_cnt(set-cookie)", "cookie(a)", "hdr(set-cookie,-2)"}
	}
	for _, e := range exprs {
		g.rows = append(g.rows, &row{expr: e})
	}
	for _, e := range []string{"cook(a)", "cook", "hdr(x)", "urlp(a)", "urlp", "req.fhdr(x)"} {
		if g.response != "" {
			break
		}
		g.rows = append(g.rows, &row{expr: e, acl: true, any: "1"}, &row{expr: e, acl: true, any: "a"})
	}
	return g
}

func randomText(r *rand.Rand, alphabet string, most int) string {
	b := make([]byte, r.IntN(most))
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

func randomSeed(t *testing.T) uint64 {
	s := os.Getenv("SAMPLE_SEED")
	if s == "" {
		return 1
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
