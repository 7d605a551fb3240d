package action

import (
	"slices"
	"strings"
)

// later are the actions of HAProxy 2.6 that this package knows by name only, by the lists in which they may stand.
var later = map[string]RuleSet{
	"add-acl": HTTPRequest | HTTPResponse, "cache-store": HTTPResponse, "cache-use": HTTPRequest,
	"del-acl": HTTPRequest | HTTPResponse, "del-map": HTTPRequest | HTTPResponse, "do-resolve": HTTPRequest,
	"early-hint": HTTPRequest, "normalize-uri": HTTPRequest, "ot-group": everySet,
	"sc-inc-gpc": HTTPRequest | HTTPResponse, "sc-inc-gpc0": HTTPRequest | HTTPResponse,
	"sc-inc-gpc1": HTTPRequest | HTTPResponse, "sc-set-gpt": HTTPRequest | HTTPResponse,
	"sc-set-gpt0": HTTPRequest | HTTPResponse, "send-spoe-group": HTTPRequest | HTTPResponse,
	"silent-drop": HTTPRequest | HTTPResponse, "set-mark": HTTPRequest | HTTPResponse,
	"set-tos": HTTPRequest | HTTPResponse, "set-dst": HTTPRequest, "set-dst-port": HTTPRequest, "set-map": HTTPRequest | HTTPResponse,
	"set-priority-class": HTTPRequest, "set-priority-offset": HTTPRequest, "set-src": HTTPRequest,
	"set-src-port": HTTPRequest, "set-timeout": HTTPRequest, "use-service": HTTPRequest,
	"wait-for-body": HTTPResponse, "wait-for-handshake": HTTPRequest,
}

func isLater(name string, set RuleSet) bool {
	if strings.HasPrefix(name, "lua.") {
		return true
	}
	if strings.HasPrefix(name, "track-sc") {
		return set&(HTTPRequest|HTTPResponse) != 0
	}
	return later[name]&set != 0
}

// words are the actions that may stand in set, as error messages list them.
func words(set RuleSet) []string {
	var list []string
	for name, k := range keywords {
		if k.sets&set == 0 {
			continue
		}
		if k.paren {
			name += "(*)"
		}
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// wordOf is the keyword of a module's name.
func wordOf(name string) string { return strings.ReplaceAll(name, "_", "-") }
