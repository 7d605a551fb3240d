package haproxy

import (
	"fmt"
	"os/user"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// UnmarshalHAProxy reads a `bind` line; d stands before it. Syntax:
//
//	bind <address>[,<address>...] [<option> [<value>]]...
func (b *Bind) UnmarshalHAProxy(d *cfg.Dispenser) error {
	b.Pos = d.Pos()
	d.Next()
	if !d.NextArg() {
		return d.Errf("'bind' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.")
	}
	addresses, err := ParseAddresses(d.Val())
	if err != nil {
		return d.Errf("'bind' : %s", err)
	}
	b.Address = addresses
	where := fmt.Sprintf("'bind %s'", d.Val())
	if b.Section != "" {
		where += fmt.Sprintf(" in section '%s'", b.Section)
	}
	if err := b.unmarshal(d, where); err != nil {
		return err
	}
	if b.ID != 0 && !b.single() {
		return d.Errf("%s : 'id' can only be used with a single socket", where)
	}
	return nil
}

// single tells whether the line is one socket.
func (b *Bind) single() bool { return len(b.Address) == 1 && b.Address[0].EndPort == 0 }

// UnmarshalHAProxy reads a `stats socket` line; d stands before it. Syntax:
//
//	stats socket <address>|<path> [<option> [<value>]]...
func (s *StatsSocket) UnmarshalHAProxy(d *cfg.Dispenser) error {
	s.Pos = d.Pos()
	d.Next()
	d.Next()
	if !d.NextArg() {
		return d.Errf("'stats socket' in global section expects an address or a path to a UNIX socket")
	}
	text := d.Val()
	addresses, err := ParseAddresses(text)
	if err != nil && !strings.ContainsAny(text, ":@") {
		addresses, err = []Address{{Unix: text}}, nil
	}
	if err != nil {
		return d.Errf("'stats socket' : %s", err)
	}
	s.Address = addresses
	return s.unmarshal(d, "'stats socket'")
}

// unmarshal reads the options after the address; where begins the messages.
func (o *BindOptions) unmarshal(d *cfg.Dispenser, where string) error {
	for d.NextArg() {
		word := d.Val()
		if why, ok := bindIgnored[word]; ok {
			d.Warnf("%s : '%s' has no effect here: %s.", where, word, why.reason)
			if why.value && !d.NextArg() {
				return d.Errf("%s : '%s' : missing value", where, word)
			}
			continue
		}
		parse, ok := bindOptions[word]
		switch {
		case ok:
		case slices.Contains(BindLater, word):
			return d.Errf("%s : '%s' is not supported yet", where, word)
		default:
			return d.Errf("%s: unknown keyword '%s'%s", where, word, bindHint(word))
		}
		if err := parse(o, d); err != nil {
			return d.Errf("%s : %s", where, err)
		}
	}
	return nil
}

func bindHint(word string) string {
	known := slices.Clone(BindLater)
	for w := range bindOptions {
		known = append(known, w)
	}
	slices.Sort(known)
	if near := cfg.Nearest(word, known); near != "" {
		return fmt.Sprintf("; did you mean '%s' maybe ?", near)
	}
	return ""
}

// BindLater are the options of configuration.txt 5.1 that are errors until their feature is there.
var BindLater = []string{
	"accept-netscaler-cip", "accept-proxy", "allow-0rtt", "alpn", "ca-file", "ca-ignore-err", "ca-sign-file", "ca-sign-pass",
	"ca-verify-file", "ciphers", "ciphersuites", "crl-file", "crt", "crt-ignore-err", "crt-list", "curves", "ecdhe",
	"force-sslv3", "force-tlsv10", "force-tlsv11", "force-tlsv12", "force-tlsv13", "generate-certificates", "namespace",
	"no-ca-names", "no-sslv3", "no-tls-tickets", "no-tlsv10", "no-tlsv11", "no-tlsv12", "no-tlsv13", "npn",
	"prefer-client-ciphers", "quic-cc-algo", "quic-force-retry", "ssl", "ssl-max-ver", "ssl-min-ver", "strict-sni", "tcp-ut",
	"tls-ticket-keys", "verify",
}

type ignored struct {
	value  bool
	reason string
}

// bindIgnored are options that only shift load between HAProxy's own threads and sockets: traffic cannot tell.
var bindIgnored = map[string]ignored{
	"backlog": {true, "the system's largest queue is used"},
	"nice":    {true, "sessions have no priorities"},
	"process": {true, "listeners belong to all processors"},
	"thread":  {true, "listeners belong to all processors"},
	"shards":  {true, "one socket serves all processors"},
}

// bindOptions reads each option; d stands on its name.
var bindOptions = map[string]func(o *BindOptions, d *cfg.Dispenser) error{
	"name": func(o *BindOptions, d *cfg.Dispenser) error { return wordOption(d, &o.Name, "missing name") },
	"interface": func(o *BindOptions, d *cfg.Dispenser) error {
		return wordOption(d, &o.Interface, "missing interface name")
	},
	"id":           bindID,
	"maxconn":      func(o *BindOptions, d *cfg.Dispenser) error { return countOption(d, &o.Maxconn, "invalid value") },
	"mode":         bindMode,
	"user":         bindUser,
	"group":        bindGroup,
	"uid":          func(o *BindOptions, d *cfg.Dispenser) error { return idOption(d, &o.UID) },
	"gid":          func(o *BindOptions, d *cfg.Dispenser) error { return idOption(d, &o.GID) },
	"v4v6":         func(o *BindOptions, _ *cfg.Dispenser) error { o.V4V6 = true; return nil },
	"v6only":       func(o *BindOptions, _ *cfg.Dispenser) error { o.V6Only = true; return nil },
	"tfo":          func(o *BindOptions, _ *cfg.Dispenser) error { o.Tfo = true; return nil },
	"defer-accept": func(o *BindOptions, _ *cfg.Dispenser) error { o.DeferAccept = true; return nil },
	"transparent":  func(o *BindOptions, _ *cfg.Dispenser) error { o.Transparent = true; return nil },
	"mss":          bindMSS,
	"proto":        bindProto,
	"level": func(o *BindOptions, d *cfg.Dispenser) error {
		return choiceOption(d, &o.Level, "'user', 'operator', and 'admin'", "user", "operator", "admin")
	},
	"severity-output": func(o *BindOptions, d *cfg.Dispenser) error {
		return choiceOption(d, &o.SeverityOutput, "'none', 'number', and 'string'", "none", "number", "string")
	},
	"expose-fd": func(o *BindOptions, d *cfg.Dispenser) error {
		return choiceOption(d, &o.ExposeFD, "'listeners'", "listeners")
	},
}

func wordOption(d *cfg.Dispenser, target *string, missing string) error {
	word := d.Val()
	if !d.NextArg() {
		return fmt.Errorf("'%s' : %s", word, missing)
	}
	*target = d.Val()
	return nil
}

func countOption(d *cfg.Dispenser, target *int, msg string) error {
	word := d.Val()
	if !d.NextArg() {
		return fmt.Errorf("'%s' : missing value", word)
	}
	n, err := strconv.Atoi(d.Val())
	if err != nil || n < 0 {
		return fmt.Errorf("'%s' : %s '%s'", word, msg, d.Val())
	}
	*target = n
	return nil
}

func idOption(d *cfg.Dispenser, target **int) error {
	n := 0
	if err := countOption(d, &n, "invalid value"); err != nil {
		return err
	}
	*target = &n
	return nil
}

func choiceOption(d *cfg.Dispenser, target *string, list string, words ...string) error {
	word := d.Val()
	got := ""
	if d.NextArg() {
		got = d.Val()
	}
	if !slices.Contains(words, got) {
		return fmt.Errorf("'%s' only supports %s (got '%s')", word, list, got)
	}
	*target = got
	return nil
}

func bindID(o *BindOptions, d *cfg.Dispenser) error {
	if err := countOption(d, &o.ID, "expects an integer argument, got"); err != nil {
		return err
	}
	if o.ID == 0 {
		return fmt.Errorf("'id' : custom id has to be > 0")
	}
	return nil
}

func bindMode(o *BindOptions, d *cfg.Dispenser) error {
	d.NextArg()
	n, err := strconv.ParseUint(d.Val(), 8, 32)
	if err != nil || n > 0o777 {
		return fmt.Errorf("'mode' : missing or invalid mode '%s' (octal integer expected)", d.Val())
	}
	o.Mode = strconv.FormatUint(n, 8)
	return nil
}

func bindUser(o *BindOptions, d *cfg.Dispenser) error {
	if err := wordOption(d, &o.User, "missing user name"); err != nil {
		return err
	}
	if _, err := user.Lookup(o.User); err != nil {
		return fmt.Errorf("'user' : unknown user name '%s'", o.User)
	}
	return nil
}

func bindGroup(o *BindOptions, d *cfg.Dispenser) error {
	if err := wordOption(d, &o.Group, "missing group name"); err != nil {
		return err
	}
	if _, err := user.LookupGroup(o.Group); err != nil {
		return fmt.Errorf("'group' : unknown group name '%s'", o.Group)
	}
	return nil
}

func bindMSS(o *BindOptions, d *cfg.Dispenser) error {
	d.NextArg()
	n, err := strconv.Atoi(d.Val())
	if err != nil || n == 0 || n < -65535 || n > 65535 {
		return fmt.Errorf("'mss' : expects an MSS with and absolute value between 1 and 65535")
	}
	o.MSS = n
	return nil
}

// bindProto takes h1, the only protocol of clear connections for now, which needs no setting.
func bindProto(_ *BindOptions, d *cfg.Dispenser) error {
	proto := ""
	if err := wordOption(d, &proto, "missing value"); err != nil {
		return err
	}
	switch proto {
	case "h1":
		return nil
	case "h2", "fcgi", "none":
		return fmt.Errorf("'proto' : '%s' is not supported yet", proto)
	}
	return fmt.Errorf("'proto' :  unknown MUX protocol '%s'", proto)
}

// Option reads the one option that d stands on; the adapter reads `unix-bind` with it.
func (o *BindOptions) Option(d *cfg.Dispenser) error {
	parse, ok := bindOptions[d.Val()]
	if !ok {
		return fmt.Errorf("unknown keyword '%s'", d.Val())
	}
	return parse(o, d)
}
