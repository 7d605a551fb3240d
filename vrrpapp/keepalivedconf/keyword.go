package keepalivedconf

import "slices"

// keyword is one row of a table: what a word may do in a block.
type keyword struct {
	name string
	// block says that a block in braces follows; lines that have none must not have one.
	block bool
	// first says that of several lines the first counts, else it is the last; each says that all count. So do blocks.
	first, each bool
	// either says that a block may follow or not.
	either bool
	// warn is why the keyword changes nothing here.
	warn string
	// never is why the keyword is refused.
	never string
	// read reads the words after the keyword, and the block.
	read func(p *parser, l *line)
}

// table finds keywords by their name.
type table map[string]*keyword

// newTable joins families. A name that comes twice is a programmer's error.
func newTable(families ...[]keyword) table {
	t := make(table)
	for _, rows := range families {
		for i := range rows {
			k := &rows[i]
			if t[k.name] != nil {
				panic("keyword twice: " + k.name)
			}
			t[k.name] = k
		}
	}
	return t
}

// names returns all keywords, sorted.
func (t table) names() []string {
	list := make([]string, 0, len(t))
	for name := range t {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
