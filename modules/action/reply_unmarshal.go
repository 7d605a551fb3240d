package action

import "github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"

// UnmarshalHAProxy reads the arguments of `http-error` (configuration.txt 4.2); d stands on the keyword. It stops before the
// first word that is none of them.
func (r *Reply) UnmarshalHAProxy(d *cfg.Dispenser) error {
	_, err := r.unmarshal(d, false)
	return err
}
