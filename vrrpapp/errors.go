package vrrpapp

import "errors"

// What the admin API answers.
var (
	errMethod     = errors.New("GET shows, POST orders")
	errOrder      = errors.New("the orders are handover, hold and resume")
	errNotMaster  = errors.New("there is nothing to hand over")
	errNoInstance = errors.New("there is no vrrp instance of that name")
)
