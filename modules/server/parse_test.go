package server

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// parseLine reads a server or default-server line; words are separated by blanks.
func parseLine(line string) (*Config, cfg.Diagnostics, error) {
	var diags cfg.Diagnostics
	c := &Config{Proxy: "b"}
	d := cfg.NewDispenser(cfg.Line{Pos: cfg.Pos{File: "f", Line: 7}, Words: strings.Fields(line)}, &diags)
	err := c.UnmarshalHAProxy(d)
	return c, diags, err
}

func TestParse(t *testing.T) {
	line := "server web1 10.0.0.1:80 id 7 weight 0 backup disabled maxconn 20 minconn 5 maxqueue 9 cookie c1 check inter 1500 fastinter 1s " +
		"downinter 2s rise 3 fall 4 port 8080 addr 10.0.0.2 init-addr last,libc,none resolve-prefer ipv4 pool-max-conn -1 " +
		"pool-purge-delay 10s pool-low-conn 3 max-reuse 5 proto h1 observe none"
	c, diags, err := parseLine(line)
	if err != nil || len(diags) != 0 {
		t.Fatal(err, diags)
	}
	got, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"web1","address":"10.0.0.1:80","id":7,"weight":0,"backup":true,"disabled":true,"maxconn":20,"minconn":5,` +
		`"maxqueue":9,"cookie":"c1","check":true,"check_address":"10.0.0.2","check_port":8080,"inter":"1.5s","fastinter":"1s",` +
		`"downinter":"2s","rise":3,"fall":4,"init_addr":["last","libc","none"],"resolve_prefer":"ipv4","pool_max_conn":-1,` +
		`"pool_purge_delay":"10s","pool_low_conn":3,"max_reuse":5}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	back := new(Config)
	if err := json.Unmarshal(got, back); err != nil {
		t.Fatal(err)
	}
	back.Proxy, back.Pos = c.Proxy, c.Pos
	if !reflect.DeepEqual(back, c) {
		t.Errorf("JSON does not come back the same: %+v", back)
	}
	off, _, err := parseLine("server s 10.0.0.1:80 backup no-backup disabled enabled check no-check")
	if err != nil || off.Backup || off.Disabled || off.Check {
		t.Errorf("%+v %v", off, err)
	}
}

func TestParseErrors(t *testing.T) {
	for line, want := range map[string]string{
		"server":                                       "parsing [f:7] : 'server' expects <name> and <addr>[:<port>] as arguments.",
		"server s1":                                    "'server' expects <name> and <addr>[:<port>] as arguments.",
		"server s/1 127.0.0.1:80":                      "character '/' is not permitted in server name 's/1'.",
		"server s1 127.0.0.1:80 weight 300":            "'server b/s1' : weight of server s1 is not within 0 and 256 (300).",
		"server s1 127.0.0.1:80 cookie":                "'server b/s1' : 'cookie' expects <value> as argument.",
		"server s1 127.0.0.1:80 inter":                 "'server b/s1' : 'inter' expects a delay as argument.",
		"server s1 127.0.0.1:80 inter 0":               "'server b/s1' : invalid value 0 for argument 'inter' of server s1.",
		"server s1 127.0.0.1:80 inter 5x":              "'server b/s1' : unexpected character 'x' in 'inter' argument of server s1.",
		"server s1 127.0.0.1:80 inter 30d":             "timer overflow in argument <30d> to <inter> of server s1, maximum value is 2147483647 ms (~24.8 days).",
		"server s1 127.0.0.1:80 rise 0":                "'server b/s1' : 'rise' has to be > 0.",
		"server s1 127.0.0.1:80 fall x":                "'server b/s1' : 'fall' has to be > 0.",
		"server s1 127.0.0.1:80 port 70000":            "invalid port '70000'",
		"server s1 127.0.0.1:80 addr foo.test":         "'server b/s1' : 'addr' : invalid address: 'foo.test' in 'foo.test'",
		"server s1 127.0.0.1:80 id 0":                  "'server b/s1' : 'id' : custom id has to be > 0",
		"server s1 127.0.0.1:80 init-addr foo":         "'server b/s1' : 'init-addr' : unknown init-addr method 'foo', supported methods are 'libc', 'last', 'none'.",
		"server s1 127.0.0.1:80 resolve-prefer":        "'server b/s1' : 'resolve-prefer' expects either ipv4 or ipv6 as argument.",
		"server s1 127.0.0.1:80 pool-max-conn -2":      "'server b/s1' : 'pool-max-conn' must be >= -1.",
		"server s1 127.0.0.1:80 wieght 3":              "'server b/s1' : unknown keyword 'wieght'; did you mean 'weight' maybe ?",
		"server s1 127.0.0.1:80 ssl verify none":       "'server b/s1' : 'ssl' is not supported yet.",
		"server s1 127.0.0.1:80 send-proxy":            "'server b/s1' : 'send-proxy' is not supported yet.",
		"server s1 127.0.0.1:80 observe layer4":        "'server b/s1' : 'observe layer4' is not supported yet.",
		"server s1 127.0.0.1:80 observe foo":           "'observe' expects one of 'none', 'layer4', 'layer7' but got 'foo'",
		"server s1 127.0.0.1:80 proto h2":              "'server b/s1' : 'proto h2' is not supported yet.",
		"server s1 127.0.0.1:80 slowstart 5s wieght 3": "unknown keyword 'wieght'", // both are reported
		"default-server foo":                           "parsing [f:7] : unknown keyword 'foo'; did you mean 'tfo' maybe ? Hint: no address was expected for this server.",
		"default-server id 5":                          "'id' option is not accepted in default-server sections",
		"server s1 127.0.0.1:99999":                    "'server b/s1' : invalid port '99999'",
		"server s1 127.0.0.1:80-90":                    "port range not permitted here in '127.0.0.1:80-90'",
		"server s1 127.0.0.1:http":                     "invalid character 'h' in port number 'http' in '127.0.0.1:http'",
		"server s1 ::1":                                "could not resolve address ':'",
		"server s1 ipv4@::1:80":                        "could not resolve address '::1'",
		"server s1 udp@127.0.0.1:80":                   "dgram-type address not acceptable in 'udp@127.0.0.1:80'",
		"server s1 fd@3":                               "a file descriptor is not acceptable here in 'fd@3'",
	} {
		_, _, err := parseLine(line)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got  %v\n want %s", line, err, want)
		}
	}
}

func TestParseWarnings(t *testing.T) {
	for line, want := range map[string]string{
		"server s1 127.0.0.1:80 verify none":        "'verify' has no effect without 'ssl'",
		"server s1 127.0.0.1:80 sni str(x)":         "'sni' has no effect without 'ssl'",
		"server s1 127.0.0.1:80 agent-inter 5s":     "'agent-inter' has no effect without 'agent-check'",
		"server s1 127.0.0.1:80 on-error fastinter": "'on-error' has no effect without 'observe'",
		"server s1 127.0.0.1:80 tfo":                "without TCP Fast Open",
		"server s1 127.0.0.1:80 weight 5x":          "is read as 5",
		"server s1 127.0.0.1:80 no-ssl no-tfo":      "",
	} {
		_, diags, err := parseLine(line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if want == "" && len(diags) > 0 || want != "" && (len(diags) != 1 || !strings.Contains(diags[0].Msg, want)) {
			t.Errorf("%s: %v", line, diags)
		}
	}
}

func TestDefaultServer(t *testing.T) {
	var c Config
	if err := c.UnmarshalHAProxy(cfg.FromWords(cfg.Pos{}, "default-server", "weight", "7", "check", "inter", "3s")); err != nil {
		t.Fatal(err)
	}
	s := c
	if err := s.UnmarshalHAProxy(cfg.FromWords(cfg.Pos{}, "server", "s", "1.2.3.4:5", "weight", "9")); err != nil {
		t.Fatal(err)
	}
	if *s.Weight != 9 || *c.Weight != 7 || !s.Check || s.Inter != c.Inter {
		t.Errorf("%+v", s)
	}
}

func TestValidate(t *testing.T) {
	for want, lines := range map[string][]string{
		"server s: the name is already used":             {"s 127.0.0.1:1", "s 127.0.0.1:2"},
		"server t: the id 3 is already used by server s": {"s 127.0.0.1:1 id 3", "t 127.0.0.1:2 id 3"},
		"server s: neither service port nor check port":  {"s 127.0.0.1 check"},
	} {
		if err := settingsOf(t, lines...).Validate(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := settingsOf(t, "s 127.0.0.1 check port 8", "t 127.0.0.1", "u /x check").Validate(); err != nil {
		t.Error(err)
	}
	bad := -1
	err := (&Settings{Servers: []*Config{{Address: "127.0.0.1:1"}, {Name: "x", Address: "1.2.3.4:5", Weight: &bad, Fall: -1, ResolvePrefer: "ipv5"}}}).Validate()
	for _, want := range []string{"a server needs a name", "weight of server x", "'fall' must be >= 0", "resolve-prefer"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	b := setup(t, nil, nil, "a 127.0.0.1:1 id 5", "b 127.0.0.1:1 id 2", "c 127.0.0.1:1", "d 127.0.0.1:1", "e 127.0.0.1:1")
	want := []int{5, 2, 3, 4, 6}
	for i, s := range b.Servers() {
		if s.ID() != want[i] || b.ServerByID(want[i]) != s {
			t.Errorf("%s has %d, want %d", s.Name(), s.ID(), want[i])
		}
	}
}

func FuzzTarget(f *testing.F) {
	for _, s := range []string{"127.0.0.1:80", "[::1]:80", "unix@/x", "host:+5", "abns@a", "ipv6@::1:80", ":80", "*", "a:-1", "stream+ipv4@h:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		target, err := ParseTarget(s)
		if err != nil {
			return
		}
		if target.Unix == "" && target.Host == "" && !target.IP.IsValid() {
			t.Errorf("%q is nothing: %+v", s, target)
		}
		if target.Port > 65535 || target.Port < -65535 {
			t.Errorf("%q has port %d", s, target.Port)
		}
	})
}
