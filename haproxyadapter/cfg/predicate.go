package cfg

import (
	"fmt"
	"strings"
)

// predicate is one function of a condition. Its arguments are strings; one that takes a single argument may go without.
type predicate struct {
	args  int
	newer bool // unknown to HAProxy 2.6, known to later versions
	eval  func(opt *Options, args []string) (bool, error)
}

var predicates = map[string]predicate{
	"defined":                 {args: 1, eval: defined},
	"feature":                 {args: 1, eval: feature},
	"streq":                   {args: 2, eval: func(_ *Options, a []string) (bool, error) { return a[0] == a[1], nil }},
	"strneq":                  {args: 2, eval: func(_ *Options, a []string) (bool, error) { return a[0] != a[1], nil }},
	"version_atleast":         {args: 1, eval: func(o *Options, a []string) (bool, error) { return compareVersions(o.version(), a[0]) >= 0, nil }},
	"version_before":          {args: 1, eval: func(o *Options, a []string) (bool, error) { return compareVersions(o.version(), a[0]) < 0, nil }},
	"openssl_version_atleast": {args: 1, eval: func(o *Options, a []string) (bool, error) { v, err := sslBefore(o, a[0]); return !v, err }},
	"openssl_version_before":  {args: 1, eval: func(o *Options, a []string) (bool, error) { return sslBefore(o, a[0]) }},
	"ssllib_name_startswith":  {args: 1, eval: func(o *Options, a []string) (bool, error) { return strings.HasPrefix(o.sslLibrary(), a[0]), nil }},

	"strstr":  {args: 2, newer: true, eval: func(_ *Options, a []string) (bool, error) { return strings.Contains(a[0], a[1]), nil }},
	"enabled": {args: 1, newer: true, eval: enabled},
}

// defined looks at the environment only: pseudo-variables are not part of it.
func defined(opt *Options, args []string) (bool, error) {
	_, ok := opt.env(args[0])
	return ok, nil
}

// feature finds the empty name in every build, as HAProxy does.
func feature(opt *Options, args []string) (bool, error) {
	return args[0] == "" || opt.feature(args[0]), nil
}

func enabled(opt *Options, args []string) (bool, error) {
	on, known := opt.enabled(args[0])
	if !known {
		return false, fmt.Errorf("unknown option '%s'", args[0])
	}
	return on, nil
}

func sslBefore(opt *Options, version string) (bool, error) {
	asked, err := openSSLNumber(version)
	if err != nil {
		return false, err
	}
	running, err := runningOpenSSLNumber(opt.sslVersion())
	return running < asked, err
}
