package vrrpapp

import (
	"errors"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

var errNotYet = errors.New("not supported yet")

func parseRoute([]string) (netif.Route, error) { return netif.Route{}, errNotYet }

func parseRule([]string) (netif.Rule, error) { return netif.Rule{}, errNotYet }
