package txn

// Work is a sample with the iterator that walks its fetch: the place where a rule evaluates an expression. It lives in
// the transaction, because the addresses go to functions that are only known at load time and would else be allocated.
type Work struct {
	Iter   Iter
	Sample Sample
}

// Borrow returns an empty Work. Each Borrow needs its Return, the last one first: evaluations nest.
func (t *Txn) Borrow() *Work {
	if t.borrowed == len(t.work) {
		t.work = append(t.work, new(Work))
	}
	w := t.work[t.borrowed]
	t.borrowed++
	w.Iter, w.Sample = Iter{}, Sample{}
	return w
}

// Return gives the Work of the last Borrow back. Bytes that its sample pointed to stay valid.
func (t *Txn) Return() { t.borrowed-- }
