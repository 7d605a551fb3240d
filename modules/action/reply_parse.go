package action

import (
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// unmarshal reads a reply's words up to the first that is none of them. It says whether the status was given by its short
// form alone, so that a rule for error pages is meant.
//
//	[status|deny_status <code>] [content-type <type>]
//	[default-errorfiles | errorfile <file> | errorfiles <name> | file <file> | lf-file <file> | string <str> | lf-string <fmt>]
//	[hdr <name> <fmt>]...
func (r *Reply) unmarshal(d *cfg.Dispenser, denyStatus bool) (plain bool, err error) {
	plain = true
	for {
		word, _ := d.Peek()
		switch word {
		case "status", "deny_status":
			if word == "deny_status" && !denyStatus {
				return plain, nil
			}
			plain = plain && word == "deny_status"
			err = r.unmarshalStatus(d)
		case "content-type":
			plain = false
			err = oneWord(d, &r.ContentType, "ctype")
		case "default-errorfiles", "errorfile", "errorfiles", "file", "lf-file", "string", "lf-string":
			plain = false
			err = r.unmarshalSource(d, word)
		case "hdr":
			plain = false
			d.Next()
			var h Hdr
			if !d.Args(&h.Name, &h.Value) {
				return false, d.Errf("'hdr' expects <name> and <value> as arguments.")
			}
			r.Hdr = append(r.Hdr, h)
		default:
			return plain, nil
		}
		if err != nil {
			return false, err
		}
	}
}

func (r *Reply) unmarshalStatus(d *cfg.Dispenser) error {
	d.Next()
	if !d.Next() {
		return d.Errf("'status' expects <status_code> as argument.")
	}
	n, _ := strconv.Atoi(leadingDigits(d.Val()))
	if n < 200 || n > 599 {
		return d.Errf("Unexpected status code '%d'.", n)
	}
	r.Status = n
	return nil
}

func (r *Reply) unmarshalSource(d *cfg.Dispenser, word string) error {
	if have := r.sources(); len(have) > 0 {
		return d.Errf("unexpected '%s' argument, '%s' already defined.", word, have[0])
	}
	switch word {
	case "default-errorfiles":
		d.Next()
		r.DefaultErrorfiles = true
	case "errorfile":
		return oneWord(d, &r.Errorfile, "fmt")
	case "errorfiles":
		return oneWord(d, &r.Errorfiles, "name")
	case "file":
		return oneWord(d, &r.File, "file")
	case "lf-file":
		return oneWord(d, &r.LFFile, "file")
	case "string":
		return oneWord(d, &r.String, "str")
	case "lf-string":
		return oneWord(d, &r.LFString, "fmt")
	}
	return nil
}

// oneWord reads a keyword and its argument.
func oneWord(d *cfg.Dispenser, to *string, what string) error {
	d.Next()
	word := d.Val()
	if !d.Args(to) {
		return d.Errf("'%s' expects <%s> as argument.", word, what)
	}
	return nil
}

// leadingDigits is the number that a word begins with: HAProxy ignores what follows it.
func leadingDigits(s string) string {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return s[:i]
		}
	}
	return s
}
