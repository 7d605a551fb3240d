package sample

import (
	"os"
	"strings"
	"testing"
)

// convErrorsDiffer are the expressions of testdata/conv_errors.txt whose answer here is another one, and why.
var convErrorsDiffer = map[string]string{
	"str(a),digest(md4)":         "not in Go",
	"str(a),digest(ripemd160)":   "not in Go",
	"str(a),digest(sm3)":         "not in Go",
	"str(a),digest(whirlpool)":   "not in Go",
	"str(a),digest(shake128)":    "not in Go",
	"str(a),digest(md5-sha1)":    "not in Go",
	"str(a),hmac(shake128,YQ==)": "not in Go",
	"str(a),regsub((,b)":         "HAProxy compiles the expression later and names the place",
	"str(a),regsub('(',b)":       "same",
	"str(a),regsub(,b)":          "same",
	"str(a),jwt_verify(a,b)":     "not supported yet",
	"str(a),in_table(x)":         "not supported yet",
	"str(a),table_gpc(x)":        "not supported yet",
	"str(a),protobuf(1)":         "not supported yet",
}

// TestConverterErrors compares the messages for converters with wrong arguments.
func TestConverterErrors(t *testing.T) {
	text, err := os.ReadFile("testdata/conv_errors.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		expr, want, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		got := "ok"
		if _, err := Compile(&Env{Proxy: "f"}, expr); err != nil {
			got = err.Error()
		}
		_, differs := convErrorsDiffer[expr]
		switch {
		case got != want && !differs:
			t.Errorf("%s: %s, want %s", expr, got, want)
		case got == want && differs:
			t.Errorf("%s is the same now", expr)
		}
	}
}
