package action

import "strings"

// RuleSet is a set of rule lists in which an action may stand.
type RuleSet uint8

// The rule lists.
const (
	HTTPRequest       RuleSet = 1 << iota // http-request
	HTTPResponse                          // http-response
	HTTPAfterResponse                     // http-after-response
)

// String is the keyword of the list.
func (s RuleSet) String() string {
	var names []string
	for _, n := range []struct {
		set  RuleSet
		name string
	}{{HTTPRequest, "http-request"}, {HTTPResponse, "http-response"}, {HTTPAfterResponse, "http-after-response"}} {
		if s&n.set != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " or ")
}

const (
	responses = HTTPResponse | HTTPAfterResponse
	everySet  = HTTPRequest | responses
)
