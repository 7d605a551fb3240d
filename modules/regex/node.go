package regex

// kind says what a node of a parsed pattern is.
type kind uint8

const (
	kEmpty     kind = iota // matches the empty string
	kSet                   // one byte of a set
	kCat                   // subs one after the other
	kAlt                   // the first of subs that leads to a match
	kRepeat                // subs[0], min to max times; max -1 is no limit
	kCapture               // subs[0], remembered as group index
	kAtomic                // subs[0], never entered again for another way to match
	kLook                  // look-around: behind, neg
	kBackref               // what group index matched last
	kBegin                 // ^ without (?m)
	kBeginText             // \A
	kBeginLine             // ^ under (?m)
	kEnd                   // \Z, and $ without (?m): the end, or before a newline that is the last byte
	kEndLine               // $ under (?m)
	kEndText               // \z
	kWord                  // \b
	kNotWord               // \B
	kStart                 // \G: where matching began
)

type node struct {
	kind        kind
	set         byteSet
	subs        []*node
	min, max    int
	lazy        bool
	behind, neg bool
	fold        bool // kBackref under (?i)
	index       int
	name        string // kBackref by name, resolved after parsing
}

// features is what decides which engine can run a tree, and what its matcher must look at.
type features struct {
	backtrack bool // look-around, back-references, atomic groups, \G
	end       bool // kEnd occurs: a final newline of the subject matters
	beginLine bool // kBeginLine occurs: same
	endLine   bool // kEndLine occurs
	eager     bool // an endlessly repeated expression prefers to match nothing
	refs      bool // back-references
	begin     bool // kBegin occurs: what a later round of a global replacement must not match
	loop      bool // a capture inside an endlessly repeated expression that can match nothing
}

// unsupported is the reason why neither engine would match like PCRE2, or empty. The cases were found by comparing: in
// these, the engines differ in when a repeat that matches nothing ends.
func (f *features) unsupported(capture bool) string {
	switch {
	case f.eager && (capture || f.backtrack):
		return "an endless repeat of something that prefers to match nothing is not supported here"
	case f.loop && f.refs:
		return "back-references together with an endless repeat of a group that may match nothing are not supported"
	}
	return ""
}

func (n *node) features(f *features) {
	switch n.kind {
	case kAtomic, kLook, kStart:
		f.backtrack = true
	case kBackref:
		f.backtrack, f.refs = true, true
	case kBegin:
		f.begin = true
	case kEnd:
		f.end = true
	case kBeginLine:
		f.beginLine = true
	case kEndLine:
		f.endLine = true
	case kRepeat:
		if n.max == -1 && n.subs[0].nullable() && n.subs[0].captures() {
			f.loop = true
		}
		if n.max == -1 && n.subs[0].nullable() && n.subs[0].prefersNothing() {
			f.eager = true
		}
	}
	for _, s := range n.subs {
		s.features(f)
	}
}

// nullable says whether n may match the empty string. It may say true where that cannot happen.
func (n *node) nullable() bool {
	switch n.kind {
	case kSet:
		return false
	case kCat:
		for _, s := range n.subs {
			if !s.nullable() {
				return false
			}
		}
		return true
	case kAlt:
		for _, s := range n.subs {
			if s.nullable() {
				return true
			}
		}
		return false
	case kRepeat:
		return n.min == 0 || n.subs[0].nullable()
	case kCapture, kAtomic:
		return n.subs[0].nullable()
	}
	return true
}

// prefersNothing says whether n may try the empty string before something longer: a lazy repeat, or an empty alternative
// that is not the last.
func (n *node) prefersNothing() bool {
	switch {
	case n.kind == kRepeat && n.lazy && n.min != n.max:
		return true
	case n.kind == kAlt:
		for _, s := range n.subs[:len(n.subs)-1] {
			if s.nullable() {
				return true
			}
		}
	}
	for _, s := range n.subs {
		if s.prefersNothing() {
			return true
		}
	}
	return false
}

func (n *node) captures() bool {
	if n.kind == kCapture {
		return true
	}
	for _, s := range n.subs {
		if s.captures() {
			return true
		}
	}
	return false
}

// width is the number of bytes that n matches when that is always the same number. Look-behind needs it: PCRE allows
// it only for alternatives of fixed width.
func (n *node) width() (int, bool) {
	switch n.kind {
	case kSet:
		return 1, true
	case kCat:
		sum := 0
		for _, s := range n.subs {
			w, ok := s.width()
			if !ok {
				return 0, false
			}
			sum += w
		}
		return sum, true
	case kAlt:
		first, ok := n.subs[0].width()
		for _, s := range n.subs[1:] {
			w, same := s.width()
			ok = ok && same && w == first
		}
		return first, ok
	case kRepeat:
		w, ok := n.subs[0].width()
		return w * n.min, ok && n.min == n.max
	case kCapture, kAtomic:
		return n.subs[0].width()
	case kBackref:
		return 0, false
	}
	return 0, true
}
