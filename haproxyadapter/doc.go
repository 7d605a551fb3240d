// Package haproxyadapter is Caddy's config adapter "haproxy": it turns HAProxy configuration files into the JSON of the
// app haproxy, with every setting of defaults sections resolved. It decides what each keyword of a section may say and
// reports all that it cannot honour; it runs nothing.
package haproxyadapter
