package haproxyadapter

import (
	"encoding/json"

	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// freeze writes the rules of c as JSON, because compiling them may fill in defaults that the file does not have. It returns
// what puts the JSON into the place of the compiled actions.
func freeze(c *haproxy.Config) (thaw func(), err error) {
	var list []*action.Rule
	for _, x := range c.Proxies {
		sets := []action.Rules{x.HTTPRequest, x.HTTPResponse, x.HTTPAfterResponse, x.Redirect}
		if x.Stats != nil {
			sets = append(sets, x.Stats.HTTPRequest)
		}
		for _, rules := range sets {
			for i := range rules {
				list = append(list, &rules[i])
			}
		}
	}
	for _, r := range list {
		if r.Action == nil {
			continue
		}
		raw, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		var plain struct {
			Action json.RawMessage `json:"action"`
		}
		if err := json.Unmarshal(raw, &plain); err != nil {
			return nil, err
		}
		r.ActionRaw = plain.Action
	}
	return func() {
		for _, r := range list {
			r.Action = nil
		}
	}, nil
}
