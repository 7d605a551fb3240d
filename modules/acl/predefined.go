package acl

// predefined are the ACLs that need no `acl` line (configuration.txt 7.4). An `acl` line of the same name replaces one.
var predefined = map[string]Criterion{
	"FALSE":          {Expr: "always_false"},
	"HTTP":           {Expr: "req.proto_http"},
	"HTTP_1.0":       {Expr: "req.ver", Match: "str", Patterns: []string{"1.0"}},
	"HTTP_1.1":       {Expr: "req.ver", Match: "str", Patterns: []string{"1.1"}},
	"HTTP_2.0":       {Expr: "req.ver", Match: "str", Patterns: []string{"2.0"}},
	"HTTP_CONTENT":   {Expr: "req.hdr_val(content-length)", Patterns: []string{"gt", "0"}},
	"HTTP_URL_ABS":   {Expr: "url_reg", Patterns: []string{"^[^/:]*://"}},
	"HTTP_URL_SLASH": {Expr: "url_beg", Patterns: []string{"/"}},
	"HTTP_URL_STAR":  {Expr: "url", Patterns: []string{"*"}},
	"LOCALHOST":      {Expr: "src", Patterns: []string{"127.0.0.1/8", "::1"}},
	"METH_CONNECT":   {Expr: "method", Patterns: []string{"CONNECT"}},
	"METH_DELETE":    {Expr: "method", Patterns: []string{"DELETE"}},
	"METH_GET":       {Expr: "method", Patterns: []string{"GET", "HEAD"}},
	"METH_HEAD":      {Expr: "method", Patterns: []string{"HEAD"}},
	"METH_OPTIONS":   {Expr: "method", Patterns: []string{"OPTIONS"}},
	"METH_POST":      {Expr: "method", Patterns: []string{"POST"}},
	"METH_PUT":       {Expr: "method", Patterns: []string{"PUT"}},
	"METH_TRACE":     {Expr: "method", Patterns: []string{"TRACE"}},
	"RDP_COOKIE":     {Expr: "req.rdp_cookie_cnt", Patterns: []string{"gt", "0"}},
	"REQ_CONTENT":    {Expr: "req.len", Patterns: []string{"gt", "0"}},
	"TRUE":           {Expr: "always_true"},
	"WAIT_END":       {Expr: "wait_end"},
}
