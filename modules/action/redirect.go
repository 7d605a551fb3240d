package action

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest|HTTPResponse, new(Redirect)) }

// Redirect answers with a redirect (configuration.txt 4.2 "redirect"). One of Location, Prefix and Scheme is set.
type Redirect struct {
	// Location is the address to go to, a format string (configuration.txt 8.2.6).
	Location string `json:"location,omitempty"`
	// Prefix is put before the path and the query; "/" adds nothing. A format string.
	Prefix string `json:"prefix,omitempty"`
	// Scheme is put before the host, the path and the query. A format string.
	Scheme string `json:"scheme,omitempty"`
	// Code is 301, 302 (default), 303, 307 or 308.
	Code int `json:"code,omitempty"`
	// Raw takes the text as it is written, without variables, as the keyword `redirect` does.
	Raw bool `json:"raw,omitempty"`
	// DropQuery leaves the query out after a prefix or a scheme.
	DropQuery bool `json:"drop_query,omitempty"`
	// AppendSlash ends the address in a slash after a prefix or a scheme.
	AppendSlash bool `json:"append_slash,omitempty"`
	// IgnoreEmpty skips the rule when Location comes out empty.
	IgnoreEmpty bool `json:"ignore_empty,omitempty"`
	// SetCookie sets a session cookie: NAME or NAME=value.
	SetCookie string `json:"set_cookie,omitempty"`
	// ClearCookie removes one: NAME or NAME=.
	ClearCookie string `json:"clear_cookie,omitempty"`

	value  value
	bare   bool // the prefix "/"
	reason []byte
	cookie []byte
}

// CaddyModule returns the Caddy module information.
func (*Redirect) CaddyModule() caddy.ModuleInfo {
	return info("redirect", func() caddy.Module { return new(Redirect) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	redirect location|prefix|scheme <fmt> [code 301|302|303|307|308] [drop-query] [append-slash] [ignore-empty]
//	  [set-cookie <name>[=<value>]] [clear-cookie <name>[=]]
func (a *Redirect) UnmarshalHAProxy(d *cfg.Dispenser) error {
	for !ended(d) {
		d.Next()
		word, err := d.Val(), error(nil)
		switch word {
		case "location", "prefix", "scheme":
			a.Location, a.Prefix, a.Scheme = "", "", ""
			err = a.argument(d, map[string]*string{"location": &a.Location, "prefix": &a.Prefix, "scheme": &a.Scheme}[word])
		case "set-cookie":
			a.ClearCookie = ""
			err = a.argument(d, &a.SetCookie)
		case "clear-cookie":
			a.SetCookie = ""
			err = a.argument(d, &a.ClearCookie)
		case "code":
			err = a.unmarshalCode(d)
		case "drop-query":
			a.DropQuery = true
		case "append-slash":
			a.AppendSlash = true
		case "ignore-empty":
			a.IgnoreEmpty = true
		default:
			err = d.Errf("expects 'code', 'prefix', 'location', 'scheme', 'set-cookie', 'clear-cookie', 'drop-query', "+
				"'ignore-empty' or 'append-slash' (was '%s').", word)
		}
		if err != nil {
			return err
		}
	}
	if a.Location+a.Prefix+a.Scheme == "" {
		return d.Errf("%s.", errNoTarget)
	}
	return nil
}

var errNoTarget = errors.New("redirection type expected ('prefix', 'location', or 'scheme')")

func (a *Redirect) argument(d *cfg.Dispenser, to *string) error {
	word := d.Val()
	if !d.Args(to) {
		return d.Errf("missing argument for '%s'.", word)
	}
	return nil
}

func (a *Redirect) unmarshalCode(d *cfg.Dispenser) error {
	var word string
	if err := a.argument(d, &word); err != nil {
		return err
	}
	a.Code, _ = strconv.Atoi(leadingDigits(word))
	if _, ok := redirects[a.Code]; !ok {
		return d.Errf("%s.", badCode(word))
	}
	return nil
}

func badCode(word string) error {
	return fmt.Errorf("'code': unsupported HTTP code '%s' (must be one of 301, 302, 303, 307 or 308)", word)
}

// redirects are the codes with their reasons.
var redirects = map[int]string{
	301: "Moved Permanently", 302: "Found", 303: "See Other", 307: "Temporary Redirect", 308: "Permanent Redirect",
}

// Compile implements Action.
func (a *Redirect) Compile(env *sample.Env) error {
	text := a.Location + a.Prefix + a.Scheme
	switch {
	case text == "":
		return errNoTarget
	case text != a.Location && text != a.Prefix && text != a.Scheme:
		return errors.New("only one of 'prefix', 'location' and 'scheme' can be given")
	case a.Location == "" && env.Where&(sample.FERes|sample.BERes) != 0:
		return errors.New("response only supports redirect type 'location'")
	case a.SetCookie != "" && a.ClearCookie != "":
		return errors.New("only one of 'set-cookie' and 'clear-cookie' can be given")
	case a.SetCookie != "":
		a.cookie = []byte(a.SetCookie + "; path=/;")
	case a.ClearCookie != "":
		a.cookie = []byte(a.ClearCookie + "; path=/; Max-Age=0;")
	}
	if a.Code == 0 {
		a.Code = 302
	}
	phrase, ok := redirects[a.Code]
	if !ok {
		return badCode(strconv.Itoa(a.Code))
	}
	a.reason = []byte(phrase)
	a.bare = a.Prefix == "/"
	if a.Raw {
		a.value = value{text: []byte(text)}
		return nil
	}
	return a.value.compile(env, text)
}

// Exec implements Action.
func (a *Redirect) Exec(t *txn.Txn) txn.Verdict {
	loc := a.value.eval(t)
	switch {
	case a.Location == "":
		loc = a.append(t, loc)
	case a.IgnoreEmpty && len(loc) == 0:
		return txn.Continue
	}
	t.Res.Reset()
	t.Res.Status, t.Res.Reason, t.Res.Minor, t.Res.ContentLength = a.Code, a.reason, 1, 0
	t.Res.Headers.Add(nameContentLength, zero)
	t.Res.Headers.Add(nameLocation, loc)
	if a.Code != 301 && a.Code != 308 {
		t.Res.Headers.Add(nameCacheControl, noCache)
	}
	if a.cookie != nil {
		t.Res.Headers.Add(nameSetCookie, a.cookie)
	}
	t.Reply = txn.Reply{Redirect: true}
	return txn.Answer
}

// append adds the host (for a scheme) and the path to the beginning of a location.
func (a *Redirect) append(t *txn.Txn, loc []byte) []byte {
	var sep, host, slash []byte
	if a.Scheme != "" {
		sep = schemeEnd
		host, _ = t.Req.Headers.Value("host")
	} else if a.bare {
		loc = nil
	}
	path, ok := pathQuery(t.Req.Target)
	if !ok {
		path = rootPath
	}
	if a.DropQuery {
		_, path, _, _ = splitTarget(path)
	}
	if a.AppendSlash && (len(path) == 0 || path[len(path)-1] != '/') {
		slash = rootPath
	}
	return concat(t, loc, sep, host, path, slash)
}

var (
	zero          = []byte("0")
	rootPath      = []byte("/")
	nameSetCookie = []byte("set-cookie")
)

var _ Unmarshaler = (*Redirect)(nil)
