package conf

import "math/rand/v2"

// Statement is a line of words, and the block that follows it in braces.
type Statement struct {
	Pos Pos
	// Words are the line's words without their quotes.
	Words []string
	// Text is the line after parameters were replaced, without comment and braces. ScriptWords reads it where a word of the
	// configuration is a command.
	Text string
	// Block are the statements between braces. HasBlock tells an empty block from none.
	Block    []*Statement
	HasBlock bool
	// Directives are the comments "#@ ..." on the lines above.
	Directives []Directive
}

// Directive is a comment that begins with "#@": a word of this project in a file that keepalived reads too.
type Directive struct {
	Pos   Pos
	Words []string
}

// Result is what files say.
type Result struct {
	Statements []*Statement
	// Trailing are directives with no statement below them in their block.
	Trailing    []Directive
	Diagnostics Diagnostics
}

// Parse reads files in their order, as one configuration: parameters go on from one to the next.
func Parse(files []File, opt Options) Result {
	opt.defaults()
	r := &reader{opt: opt, params: map[string]parameter{}, rand: rand.New(rand.NewPCG(rand.Uint64(), 0))}
	for _, f := range files {
		r.file(f)
	}
	r.finish()
	return Result{Statements: r.tree.root.Block, Trailing: r.tree.trailing, Diagnostics: r.diags}
}
