package check

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/regex"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// Expect is one condition on an answer (configuration.txt 4.2 "http-check expect").
type Expect struct {
	// Match is what is looked at: status, rstatus (regular expression), string (in the body) or rstring.
	Match string `json:"match"`
	// Not turns the condition round.
	Not bool `json:"not,omitempty"`
	// Pattern is a list of status codes and ranges ("200,300-399"), a regular expression, or a text.
	Pattern string `json:"pattern"`
	// Comment is added to the message when the condition fails.
	Comment string `json:"comment,omitempty"`

	ranges []statusRange
	re     *regex.Regex
}

type statusRange struct{ low, high int }

// success is what is expected when nothing else is.
var success = &Expect{Match: "status", ranges: []statusRange{{200, 399}}}

func (e *Expect) compile() (err error) {
	switch e.Match {
	case "status":
		e.ranges, err = parseRanges(e.Pattern)
	case "rstatus", "rstring":
		if e.re, err = regex.CompileMatch(e.Pattern, false); err != nil {
			err = fmt.Errorf("regex '%s' is invalid (%w)", e.Pattern, err)
		}
	case "string":
		if e.Pattern == "" {
			err = fmt.Errorf("'string' expects a <pattern> as argument")
		}
	default:
		err = fmt.Errorf("unknown match '%s'; known are status, rstatus, string and rstring", e.Match)
	}
	if err != nil {
		return fmt.Errorf("'http-check expect' : %w", err)
	}
	return nil
}

func parseRanges(text string) ([]statusRange, error) {
	if i := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789-,", r) }); i >= 0 {
		return nil, fmt.Errorf("invalid character '%c' in the list of status codes", text[i])
	}
	var list []statusRange
	for part := range strings.SplitSeq(text, ",") {
		if part == "" {
			continue // HAProxy takes a comma too many
		}
		a, b, isRange := strings.Cut(part, "-")
		if !isRange {
			b = a
		}
		low, err1 := strconv.Atoi(a)
		high, err2 := strconv.Atoi(b)
		if err1 != nil || err2 != nil || low > high {
			return nil, fmt.Errorf("invalid range of status codes '%s'", part)
		}
		list = append(list, statusRange{low, high})
	}
	if list == nil {
		return nil, fmt.Errorf("'status' expects a <pattern> as argument")
	}
	return list, nil
}

func (e *Expect) judge(a *answer) server.CheckResult {
	if e.Match == "status" || e.Match == "rstatus" {
		return e.judgeStatus(a)
	}
	data, err := a.body(e.found)
	if err != nil && len(data) == 0 {
		return talkFailure(err)
	}
	switch found := e.found(data); {
	case len(data) == 0:
		return e.refuse("HTTP content check could not find a response body")
	case found == e.Not && e.Not:
		return e.refuse("HTTP check matched unwanted content")
	case found == e.Not && err != nil:
		return talkFailure(err)
	case found == e.Not:
		return e.refuse("HTTP content check did not match")
	}
	return server.CheckResult{Status: server.CheckL7OK, Code: a.res.Status}
}

func (e *Expect) judgeStatus(a *answer) server.CheckResult {
	found := false
	if e.Match == "rstatus" {
		found = e.re.Match(strconv.AppendInt(nil, int64(a.res.Status), 10))
	}
	for _, r := range e.ranges {
		found = found || a.res.Status >= r.low && a.res.Status <= r.high
	}
	if found != e.Not {
		return server.CheckResult{Status: server.CheckL7OK, Code: a.res.Status}
	}
	info := string(a.res.Reason)
	return server.CheckResult{Status: server.CheckL7Status, Code: a.res.Status, Info: cut(info + e.comment())}
}

func (e *Expect) refuse(info string) server.CheckResult {
	return server.CheckResult{Status: server.CheckL7Resp, Info: cut(info + e.comment())}
}

func (e *Expect) comment() string {
	if e.Comment == "" {
		return ""
	}
	return " comment: " + e.Comment
}

// cut bounds a text as HAProxy does.
func cut(s string) string { return s[:min(len(s), 127)] }

func (e *Expect) found(data []byte) bool {
	if e.Match == "rstring" {
		return e.re.Match(data)
	}
	return bytes.Contains(data, []byte(e.Pattern))
}
