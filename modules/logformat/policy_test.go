package logformat

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// TestPolicy compares with the levels that HAProxy gave the requests of testdata/requests.txt.
func TestPolicy(t *testing.T) {
	f, err := os.Open("testdata/requests.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	policies := []Policy{{}, {SeparateErrors: true}, {DontLogNormal: true}, {DontLogNull: true}}
	count := 0
	for sc := bufio.NewScanner(f); sc.Scan(); {
		row := strings.Split(sc.Text(), "\t")
		if strings.HasPrefix(row[0], "#") {
			continue
		}
		count++
		x := requestRow(t, row)
		for i, p := range policies {
			want := row[9+i]
			if want == "?" {
				continue
			}
			got := "-"
			if level, ok := p.Level(x); ok {
				got = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}[level]
			}
			if got != want {
				t.Errorf("%s: %+v: got %s, want %s", row[0], p, got, want)
			}
		}
	}
	if count < 60 {
		t.Errorf("only %d rows", count)
	}
}

func requestRow(t *testing.T, row []string) *txn.Txn {
	t.Helper()
	number := func(s string) int {
		n, err := strconv.Atoi(strings.TrimPrefix(s, "+"))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	x := &txn.Txn{LogLevel: -1}
	x.Log = txn.Record{
		Status: number(row[1]), BytesOut: int64(number(row[2])), BytesIn: int64(number(row[3])),
		Cause: row[4][0], Phase: row[4][1], Retries: number(row[6]), Redispatched: row[6][0] == '+',
		// What sent nothing at all, which the other columns do not say.
		Null: row[0] == "connect-close" || row[0] == "connect-rst after .2" || row[0] == "idle-timeout",
	}
	if row[0] == "warn" {
		x.LogLevel = 4 // http-request set-log-level warning
	}
	return x
}

// TestPolicyLevels: set-log-level replaces the level, and silences; it does not bring back what dontlog-normal leaves out.
func TestPolicyLevels(t *testing.T) {
	for _, r := range []struct {
		policy Policy
		set    int8
		status int
		level  int
		ok     bool
	}{
		{Policy{}, -1, 200, 6, true},
		{Policy{}, 3, 200, 3, true},
		{Policy{}, 0, 200, 0, true},
		{Policy{}, Silent, 200, Silent, false},
		{Policy{}, Silent, 503, Silent, false},
		{Policy{SeparateErrors: true}, 4, 503, 4, true},
		{Policy{SeparateErrors: true}, -1, 503, 3, true},
		{Policy{SeparateErrors: true}, -1, 500, 3, true},
		{Policy{SeparateErrors: true}, -1, 499, 6, true},
		{Policy{DontLogNormal: true}, 3, 200, Silent, false},
		{Policy{DontLogNormal: true}, 3, 503, 3, true},
	} {
		x := &txn.Txn{LogLevel: r.set}
		x.Log.Status = r.status
		if level, ok := r.policy.Level(x); level != r.level || ok != r.ok {
			t.Errorf("%+v: got %d %v", r, level, ok)
		}
	}
	x := &txn.Txn{LogLevel: -1}
	x.Log.Status, x.Log.Retries = 200, 1
	if level, _ := (Policy{SeparateErrors: true}).Level(x); level != 3 {
		t.Errorf("a retry has level %d, want 3", level)
	}
}

// TestAtEnd: the variables that keep HAProxy's line until the end of the transaction.
func TestAtEnd(t *testing.T) {
	late := " B ID Ta Tc Td Th Ti Tq TR Tr Tt Tu Tw U ac bc bq fc rc sc sq ts "
	for name := range variables {
		want := strings.Contains(late, " "+name+" ")
		if got := compile(t, "x%"+name, Log).AtEnd(); got != want {
			t.Errorf("%%%s: got %v, want %v", name, got, want)
		}
	}
	for _, text := range []string{HTTPLog, CLF, TCPLog} {
		if !compile(t, text, Log).AtEnd() {
			t.Errorf("%s: not at the end", text)
		}
	}
}
