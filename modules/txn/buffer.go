package txn

// Buffer returns an empty slice with memory of its own, to append to while expressions are evaluated (they use the scratch
// memory, so that Room will not do). One at a time: it ends with Take.
func (t *Txn) Buffer() []byte { return t.buffer[:0] }

// Take returns a copy of b in scratch memory. b was appended to the slice of the last Buffer; its memory is used again.
func (t *Txn) Take(b []byte) []byte {
	t.buffer = b[:0]
	return t.Copy(b)
}

// ErrorPages has the answers that a proxy gives instead of the built-in error pages.
type ErrorPages interface {
	// Fill sets t.Res and t.Reply to the answer for status. It reports false when the proxy has none of its own.
	Fill(t *Txn, status int) bool
}
