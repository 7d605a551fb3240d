package check

import (
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// UnmarshalHAProxy reads an `option httpchk` or an `http-check` line into h; the lines of a proxy go into one HTTP, in
// their order. Syntax:
//
//	option httpchk [URI | METHOD URI [VERSION]]
//	http-check disable-on-404
//	http-check send-state
//	http-check send [meth METHOD] [uri URI] [ver VERSION] [hdr NAME VALUE]... [body TEXT] [comment TEXT]
//	http-check expect [comment TEXT] [!] status|rstatus|string|rstring PATTERN
func (h *HTTP) UnmarshalHAProxy(d *cfg.Dispenser) error {
	d.Next()
	if d.Val() == "option" {
		d.Next()
		return h.option(d)
	}
	d.Next()
	switch word := d.Val(); word {
	case "disable-on-404":
		h.DisableOn404 = true
		return end(d, "http-check")
	case "send-state":
		h.SendState = true
		return end(d, "http-check")
	case "send":
		return h.send(d)
	case "expect":
		return h.expect(d)
	case "comment", "connect":
		return d.Errf("'http-check %s' is not supported yet.", word)
	default:
		if strings.HasPrefix(word, "set-var") || strings.HasPrefix(word, "unset-var") {
			return d.Errf("'http-check %s' is not supported yet.", word)
		}
		if word == "http-check" {
			word = ""
		}
		return d.Errf("'http-check' only supports 'disable-on-404', 'send-state', 'comment', 'connect', 'send', 'expect', "+
			"'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)'. but got '%s'", word)
	}
}

func end(d *cfg.Dispenser, what string) error {
	if d.Next() {
		return d.Errf("'%s' cannot handle unexpected argument '%s'.", what, d.Val())
	}
	return nil
}

func (h *HTTP) option(d *cfg.Dispenser) error {
	words := d.Remaining()
	if len(words) > 3 {
		return d.Errf("'option httpchk' cannot handle unexpected argument '%s'.", words[3])
	}
	var method, uri, version string
	switch len(words) {
	case 1:
		uri = words[0]
	case 2:
		method, uri = words[0], words[1]
	case 3:
		method, uri, version = words[0], words[1], words[2]
	}
	if !h.sentMethod {
		h.Method = method
	}
	if !h.sentURI {
		h.URI = uri
	}
	line, rest, hidden := strings.Cut(version, "\r\n")
	if !h.sentVersion {
		h.Version = strings.ToUpper(line)
	}
	if hidden {
		d.Warnf("'option httpchk' : hiding headers or body at the end of the version string is deprecated. " +
			"Please, consider to use 'http-check send' directive instead.")
		if err := h.hidden(d, rest); err != nil {
			return err
		}
	}
	return h.checkLine(d)
}

// hidden reads the headers and the body that old configurations put behind the version.
func (h *HTTP) hidden(d *cfg.Dispenser, text string) error {
	head, body, _ := strings.Cut(text+"\r\n", "\r\n\r\n")
	for line := range strings.SplitSeq(strings.TrimSuffix(head, "\r\n"), "\r\n") {
		if line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return d.Errf("'option httpchk' : invalid header '%s' behind the version.", line)
		}
		h.Headers = append(h.Headers[:len(h.Headers):len(h.Headers)], Header{strings.ToLower(name), strings.Trim(value, " \t")})
	}
	h.Body = strings.TrimSuffix(body, "\r\n")
	return nil
}

// checkLine says at the line what Compile would say later without a position.
func (h *HTTP) checkLine(d *cfg.Dispenser) error {
	c := *h
	c.Expect = nil
	if err := c.Compile(); err != nil {
		return d.Errf("%w.", err)
	}
	return nil
}

func (h *HTTP) send(d *cfg.Dispenser) error {
	if h.sends++; h.sends > 1 {
		return d.Errf("'http-check send' : unable to add http-check send rule at step 2 (missing connect rule).")
	}
	if len(h.Expect) > 0 {
		return d.Errf("'http-check send' : unable to add http-check send rule at step 2 (missing connect rule).")
	}
	h.Headers = nil
	for d.Next() {
		word := d.Val()
		var err error
		switch word {
		case "meth":
			h.sentMethod = true
			err = sendArg(d, word, &h.Method)
		case "uri":
			h.sentURI = true
			err = sendArg(d, word, &h.URI)
		case "ver":
			h.sentVersion = true
			if err = sendArg(d, word, &h.Version); err == nil {
				h.Version = strings.ToUpper(h.Version)
			}
		case "body":
			err = sendArg(d, word, &h.Body)
		case "comment":
			var ignored string // names the step in messages that a request cannot cause
			err = sendArg(d, word, &ignored)
		case "hdr":
			var f Header
			if !d.Args(&f.Name, &f.Value) {
				return d.Errf("'http-check send' : 'hdr' expects <name> and <value> as arguments.")
			}
			f.Name = strings.ToLower(f.Name)
			h.Headers = append(h.Headers, f)
		case "uri-lf", "body-lf":
			return d.Errf("'http-check send %s' is not supported yet.", word)
		default:
			return d.Errf("'http-check send' : expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or "+
				"'body-lf' but got '%s' as argument.", word)
		}
		if err != nil {
			return err
		}
	}
	return h.checkLine(d)
}

func sendArg(d *cfg.Dispenser, word string, to *string) error {
	if !d.Next() {
		return d.Errf("'http-check send' : '%s' expects a string as argument.", word)
	}
	*to = d.Val()
	return nil
}

func (h *HTTP) expect(d *cfg.Dispenser) error {
	var e Expect
	for d.Next() {
		word := d.Val()
		if !e.Not && strings.HasPrefix(word, "!") && e.Match == "" {
			e.Not = true
			if word = word[1:]; word == "" {
				if !d.Next() {
					break
				}
				word = d.Val()
			}
		}
		switch word {
		case "comment":
			if !d.Args(&e.Comment) {
				return d.Errf("'http-check expect' : 'comment' expects a string as argument.")
			}
		case "status", "rstatus", "string", "rstring":
			if e.Match != "" {
				return d.Errf("'http-check expect' : only on pattern expected.")
			}
			e.Match = word
			if !d.Args(&e.Pattern) || e.Pattern == "" {
				return d.Errf("'http-check expect' : '%s' expects a <pattern> as argument.", word)
			}
		case "min-recv", "ok-status", "error-status", "tout-status", "on-success", "on-error", "status-code", "hdr", "fhdr", "string-lf":
			return d.Errf("'http-check expect %s' is not supported yet.", word)
		default:
			return d.Errf("'http-check expect' : 'only supports min-recv, [!]string', '[!]rstring', '[!]string-lf', '[!]status', "+
				"'[!]rstatus', [!]hdr, [!]fhdr or comment but got '%s' as argument.", word)
		}
	}
	if e.Match == "" {
		return d.Errf("'http-check expect' : expects at least a matching pattern as arguments.")
	}
	if err := e.compile(); err != nil {
		return d.Errf("%w.", err)
	}
	h.Expect = append(h.Expect[:len(h.Expect):len(h.Expect)], e)
	return nil
}
