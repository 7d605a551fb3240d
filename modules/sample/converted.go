package sample

// Converted tells whether converters follow the fetch. An ACL keyword's own matching method does not count then
// (configuration.txt 7.1).
func (e *Expr) Converted() bool { return len(e.convs) > 0 }
