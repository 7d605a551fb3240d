package action

import (
	"fmt"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Pages are the error pages of a proxy or of an http-errors section that replace the built-in ones (configuration.txt
// 3.8, 4.2 "errorfile", "errorfiles", "errorloc", "http-error"). Later ones replace earlier ones of the same status. It
// is made at load time and does not change after.
type Pages struct {
	list [len(statuses)]*page
}

// Fill makes the page for status the answer of t. It reports false, and does nothing, when p has none.
func (p *Pages) Fill(t *txn.Txn, status int) bool {
	i := statusIndex(status)
	if p == nil || i < 0 || p.list[i] == nil {
		return false
	}
	p.list[i].fill(t)
	return true
}

// Has tells whether p has a page for status.
func (p *Pages) Has(status int) bool {
	i := statusIndex(status)
	return p != nil && i >= 0 && p.list[i] != nil
}

// AddFile reads a raw response from a file as the page for status ("errorfile").
func (p *Pages) AddFile(status int, path string) error {
	i := statusIndex(status)
	if i < 0 {
		return unhandled(status)
	}
	page, err := readPage(path)
	if err != nil {
		return err
	}
	p.list[i] = page
	return nil
}

// AddLocation makes the page for status a redirect with code 302 or 303 ("errorloc302", "errorloc303").
func (p *Pages) AddLocation(status int, url string, code int) error {
	i := statusIndex(status)
	if i < 0 {
		return unhandled(status)
	}
	text := "Found"
	switch code {
	case 302:
	case 303:
		text = "See Other"
	default:
		return fmt.Errorf("a redirect instead of an error page has code 302 or 303, not %d", code)
	}
	p.list[i] = &page{status: code, reason: []byte(text), minor: 1, headers: h1.Headers{
		{Name: nameCacheControl, Value: noCache},
		{Name: nameContentLength, Value: []byte("0")},
		{Name: nameLocation, Value: []byte(url)},
	}}
	return nil
}

// AddGroup takes over the pages of an http-errors section, all of them without statuses ("errorfiles"). It returns those
// statuses that the section does not have, which deserve a warning.
func (p *Pages) AddGroup(group *Pages, statuses ...int) (missing []int, err error) {
	if len(statuses) == 0 {
		for i, page := range group.list {
			if page != nil {
				p.list[i] = page
			}
		}
	}
	for _, s := range statuses {
		switch i := statusIndex(s); {
		case i < 0:
			return missing, unhandled(s)
		case group.list[i] == nil:
			missing = append(missing, s)
		default:
			p.list[i] = group.list[i]
		}
	}
	return missing, nil
}

// AddReply compiles r as the page for its status ("http-error"). Its Status must be one that has a page. As in HAProxy its
// formats may look at requests and responses both: the page may be needed in either phase.
func (p *Pages) AddReply(env *sample.Env, r *Reply) error {
	i := statusIndex(r.Status)
	if i < 0 {
		return unhandled(r.Status)
	}
	if r.DefaultErrorfiles {
		p.list[i] = nil
		return nil
	}
	anywhere := *env
	anywhere.Where = 0
	if err := r.compile(&anywhere, r.Status); err != nil {
		return err
	}
	switch r.kind {
	case fromErrorfile:
		p.list[i] = r.page
	case fromErrorfiles:
		if g := r.group.list[i]; g != nil {
			p.list[i] = g
		}
	default:
		p.list[i] = &page{reply: r}
	}
	return nil
}

func unhandled(status int) error { return fmt.Errorf("status code '%d' not handled.", status) }

var _ txn.ErrorPages = (*Pages)(nil)
