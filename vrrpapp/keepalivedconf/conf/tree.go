package conf

// tree puts statements into blocks.
type tree struct {
	root  Statement
	stack []*Statement // the open blocks, the innermost last
	// last is the statement that a brace on the next line belongs to.
	last     *Statement
	pending  []Directive
	trailing []Directive
}

func (t *tree) block() *Statement {
	if n := len(t.stack); n > 0 {
		return t.stack[n-1]
	}
	return &t.root
}

func (t *tree) add(s *Statement) {
	s.Directives, t.pending = t.pending, nil
	b := t.block()
	b.Block = append(b.Block, s)
	t.last = s
}

func (t *tree) open(r *reader) {
	switch {
	case t.last == nil:
		r.errorf("'{' without a word before it")
		t.add(&Statement{Pos: r.pos, Words: []string{"{"}, Text: "{"})
	case len(t.stack) >= maxDepth:
		r.errorf("blocks are nested deeper than %d", maxDepth)
		r.stop = true
		return
	}
	t.last.HasBlock = true
	t.stack = append(t.stack, t.last)
	t.last = nil
}

func (t *tree) close(r *reader) {
	t.trailing, t.pending = append(t.trailing, t.pending...), nil
	t.last = nil
	if len(t.stack) == 0 {
		r.errorf("'}' without a block that it could end")
		return
	}
	t.stack = t.stack[:len(t.stack)-1]
}

// finish names the blocks that never end.
func (r *reader) finish() {
	t := &r.tree
	t.trailing = append(t.trailing, t.pending...)
	if r.stop {
		return
	}
	for _, s := range t.stack {
		r.diags.Errorf(s.Pos, "the block of '%s' does not end: '}' is missing", s.name())
	}
}

func (s *Statement) name() string {
	if len(s.Words) == 0 {
		return ""
	}
	return s.Words[0]
}
