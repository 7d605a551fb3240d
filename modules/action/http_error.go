package action

import "github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"

// ParseHTTPError reads the keyword `http-error` (configuration.txt 4.2 "http-error") for Pages.AddReply. Syntax:
//
//	http-error status <code> [content-type <type>]
//	  [default-errorfiles|errorfile <file>|errorfiles <name>|file <file>|lf-file <file>|string <str>|lf-string <fmt>]
//	  [hdr <name> <fmt>]...
func ParseHTTPError(d *cfg.Dispenser) (*Reply, error) {
	if d.Index() < 0 {
		d.Next()
	}
	r := new(Reply)
	if _, err := r.unmarshal(d, false); err != nil {
		return nil, cfg.Prefix(err, "http-error : ")
	}
	if d.Next() {
		return nil, d.Errf("http-error : unknown keyword '%s'.", d.Val())
	}
	if r.Status == 0 {
		return nil, d.Errf("http-error : expects at least a <status> as arguments.")
	}
	if !HasPage(r.Status) {
		return nil, d.Errf("http-error: status code '%d' not handled.", r.Status)
	}
	return r, nil
}
