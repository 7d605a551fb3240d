package sample

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// TestJSONQuery compares with what HAProxy made of req.body,json_query(path[,int]), cast to binary and in hexadecimal.
func TestJSONQuery(t *testing.T) {
	f, err := os.Open("testdata/json/query.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := 0
	for scan := bufio.NewScanner(f); scan.Scan(); {
		var doc struct {
			Text         string
			Values, None [][]string
		}
		if err := json.Unmarshal(scan.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		for _, row := range append(doc.Values, doc.None...) {
			want := "none"
			if len(row) == 3 {
				want = row[2]
			}
			rows++
			if got := jsonQuery(t, doc.Text, row[0], row[1]); got != want {
				t.Errorf("%s: %s %s: %s, want %s", doc.Text, row[0], row[1], got, want)
			}
		}
	}
	if rows < 1000 {
		t.Errorf("only %d rows", rows)
	}
}

func jsonQuery(t *testing.T, text, path, typ string) string {
	t.Helper()
	args := []Arg{{Str: path}}
	if typ != "" {
		args = append(args, Arg{Str: typ})
	}
	fn, err := compileJSONQuery(nil, args)
	if err != nil {
		t.Fatal(err)
	}
	tx := new(txn.Txn)
	var s Sample
	s.SetStr([]byte(text))
	if !fn(tx, &s) || !ToBin(tx, &s) {
		return "none"
	}
	return hex.EncodeToString(s.Bytes)
}
