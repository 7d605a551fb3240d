package haproxyadapter

import (
	"encoding/json"
	"regexp"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
)

// moved tells whether relative names mean something else than to the process.
func (x *paths) moved() bool { return x.mode != "" && x.mode != "current" }

// mapFile is the file of a map converter in any word of a line: map(name), map_beg(name,default).
var mapFile = regexp.MustCompile(`\b(map(?:_[a-z0-9]+)*\()([^/,)][^,)]*)`)

// line resolves the files of map converters, which can stand in the middle of many words.
func (x *paths) line(l cfg.Line) cfg.Line {
	if !x.moved() {
		return l
	}
	words := make([]string, len(l.Words))
	for i, w := range l.Words {
		words[i] = mapFile.ReplaceAllStringFunc(w, func(s string) string {
			m := mapFile.FindStringSubmatch(s)
			return m[1] + x.resolve(m[2])
		})
	}
	l.Words = words
	return l
}

// rule resolves the files of a rule's action, whatever the action is: those of answers have these names in all of them.
func (x *paths) rule(r *action.Rule) error {
	if !x.moved() || r.Action == nil {
		return nil
	}
	raw, err := json.Marshal(r.Action)
	if err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return err
	}
	names := make(map[string]string)
	for _, key := range []string{"errorfile", "file", "lf_file"} {
		var name string
		if json.Unmarshal(fields[key], &name) == nil && name != "" {
			names[key] = x.resolve(name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	if raw, err = json.Marshal(names); err != nil {
		return err
	}
	return json.Unmarshal(raw, r.Action)
}
