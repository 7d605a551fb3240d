package txn

// workDepth is how deep expressions can nest before Borrow allocates: an ACL inside acl() inside a converter's argument.
const workDepth = 8

// Work is a sample with the iterator that walks its fetch: the place where a rule evaluates an expression. It lives in
// the transaction, because the addresses go to functions that are only known at load time and would else be allocated.
type Work struct {
	Sample Sample
	Iter   Iter
}

// Temp is Work, as the expression compiler names it.
type Temp = Work

type works struct {
	list [workDepth]Work
	used int
}

// Borrow lends an empty Work. Each Borrow needs its Return, the last one first: evaluations nest.
func (t *Txn) Borrow() *Work {
	s := &t.works
	s.used++
	if s.used > workDepth {
		return new(Work)
	}
	p := &s.list[s.used-1]
	*p = Work{}
	return p
}

// Return gives the Work of the last Borrow back. Bytes that its sample pointed to stay valid.
func (t *Txn) Return() { t.works.used-- }
