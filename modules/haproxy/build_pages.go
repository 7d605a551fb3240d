package haproxy

import (
	"cmp"

	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// pageSet holds the http-errors sections by name.
type pageSet map[string]*action.Pages

// buildPages reads the http-errors sections.
func (b *builder) buildPages() {
	b.pages = make(pageSet)
	for _, g := range b.cfg.HTTPErrors {
		p := new(action.Pages)
		for i := range g.Error {
			e := &g.Error[i]
			b.fail(e.Pos, p.AddFile(e.Status, e.File))
		}
		b.pages[g.Name] = p
	}
}

// HTTPErrors finds an http-errors section for the actions that use one.
func (l *lookup) HTTPErrors(name string) *action.Pages { return l.b.pages[name] }

// pagesOf compiles the error pages of a proxy; nil when it has none of its own.
func (b *builder) pagesOf(p *Proxy, c *proxyBuilder) txn.ErrorPages {
	if len(p.Error) == 0 {
		return nil
	}
	out := new(action.Pages)
	for i := range p.Error {
		e := &p.Error[i]
		b.fail(e.Pos, b.addPage(out, e, c))
	}
	return out
}

func (b *builder) addPage(out *action.Pages, e *ErrorPage, c *proxyBuilder) error {
	switch {
	case e.Reply != nil:
		e.Reply.Status = cmp.Or(e.Reply.Status, e.Status)
		return out.AddReply(c.env(c.places(sample.FERes, sample.BERes)), e.Reply)
	case e.Group != "":
		g := b.pages[e.Group]
		if g == nil {
			return errUnknownErrors(e.Group)
		}
		var only []int
		if e.Status != 0 {
			only = []int{e.Status}
		}
		_, err := out.AddGroup(g, only...)
		return err
	case e.Location != "":
		return out.AddLocation(e.Status, e.Location, cmp.Or(e.Code, 302))
	}
	return out.AddFile(e.Status, e.File)
}
