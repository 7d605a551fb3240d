package action

import (
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/regex"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// replacement is what the replace- actions share: what matches a regular expression becomes a format's text, in which
// \0 to \9 stand for the match and its groups.
type replacement struct {
	// Regex is the regular expression, case-sensitive. The whole text is replaced when it matches a part of it.
	Regex string `json:"regex"`
	// Replace is the new text, a format string (configuration.txt 8.2.6) with back-references (\1).
	Replace string `json:"replace"`

	re    *regex.Regex
	value value
}

func (r *replacement) unmarshalTarget(d *cfg.Dispenser) error {
	if !d.Args(&r.Regex, &r.Replace) || !ended(d) {
		return d.Errf("expects exactly 2 arguments <match-regex> and <replace-format>.")
	}
	return nil
}

func (r *replacement) compile(env *sample.Env) (err error) {
	if r.re, err = regex.Compile(r.Regex, false); err != nil {
		return err
	}
	return r.value.compile(env, r.Replace)
}

// apply gives the text for old; match is false when it stays as it is, ok false when the back-references are broken.
func (r *replacement) apply(t *txn.Txn, old []byte) (b []byte, match, ok bool) {
	var groups [20]int
	loc := r.re.FindSubmatchIndex(old, groups[:0])
	if loc == nil {
		return nil, false, true
	}
	tmpl := r.value.eval(t)
	b, err := regex.AppendTemplate(t.Buffer(), old, tmpl, loc)
	b = t.Take(b)
	return b, true, err == nil
}

// headerReplacement is what replace-header and replace-value share.
type headerReplacement struct {
	// Header is the field's name.
	Header string `json:"header"`
	replacement

	name string
}

func (r *headerReplacement) unmarshal(d *cfg.Dispenser) error {
	if !d.Args(&r.Header, &r.Regex, &r.Replace) {
		return d.Errf("expects exactly 3 arguments.")
	}
	return nil
}

func (r *headerReplacement) compile(env *sample.Env) error {
	r.name = string(fieldName(r.Header))
	return r.replacement.compile(env)
}
