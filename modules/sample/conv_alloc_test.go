package sample

import (
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// TestConvertersDoNotAllocate: scratch memory aside, which a transaction keeps, converters take no memory. regsub, map_regm
// and hmac with a key from a variable may: Go's engines return their results in memory of their own.
func TestConvertersDoNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool forgets under the race detector")
	}
	for _, text := range []string{
		"str(AbC),lower,upper", "str(a_b_c),field(2,_)", "str(a_b_c),word(-1,_)", "str(abc),bytes(1,1)", "str(a),concat(x,txn.v,y)",
		"str(a),add_item(-,txn.v)", "str(a),strcmp(txn.v)", "bool(true),iif(a,b)", "int(5),add(3),mul(txn.n),neg,odd", "str(abc),length",
		"str(abc),hex", "str(abc),base64", "str(YWJj),b64dec", "str(ff),hex2i", "str(a%20b),url_dec", "str(a b),url_enc", "str(a/b),json(utf8)",
		"str(abc),crc32(1)", "str(abc),crc32c", "str(abc),sdbm", "str(abc),djb2", "str(abc),wt6", "str(abc),xxh32(1)", "str(abc),xxh64(1)",
		"str(abc),xxh3(1)", "str(abc),sha1", "str(abc),sha2(512)", "str(abc),digest(md5)", "str(abc),hmac(sha256,YWJj)",
		"str(abc),secure_memcmp(txn.v)", "int(1700000000),http_date", "int(1700000000),utime(%Y-%m-%d)", "int(1700000000),ltime(%c)",
		"str('fr;q=0.5,en'),language(en;fr)", "str(ab),map_beg(testdata/maps/text.map)", "ipv4(10.1.2.3),map_ip(testdata/maps/ip.map)",
		"str(aab),map_reg(testdata/maps/reg.map)", "ipv4(10.1.2.3),ipmask(8)", "str(x:80),host_only", "str(x:80),port_only",
		"str(x),set-var(txn.w)", `str('{"a":[1,2]}'),json_query('$.a[1]',int)`, "bin(0102),be2dec(:,1)", "bin(0102),be2hex(:,1)",
		"str(_a_),ltrim(_),rtrim(_)", "str(front),nbsrv", "int(5),htonl",
	} {
		e, err := Compile(testEnv(), text)
		if err != nil {
			t.Fatal(err)
		}
		tx := new(txn.Txn)
		v := Sample{Type: txn.Str, Bytes: []byte("abc")}
		n := Sample{Type: txn.Int, Int: 7}
		idV, idN := txn.VarID("v"), txn.VarID("n")
		run := func() {
			tx.Reset()
			tx.SetVar(txn.Trans, idV, &v)
			tx.SetVar(txn.Trans, idN, &n)
			w := tx.Borrow()
			e.Eval(tx, nil, &w.Sample)
			tx.Return()
		}
		run()
		if n := testing.AllocsPerRun(100, run); n > 0 {
			t.Errorf("%s: %v allocations", text, n)
		}
	}
}
