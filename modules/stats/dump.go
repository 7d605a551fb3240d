package stats

import "time"

// format is a form of `show stat`.
type format uint8

const (
	formatCSV format = iota
	formatTyped
	formatJSON
	formatDesc = 8 // bit: with descriptions
)

// appendStat writes the rows of all proxies that show accepts; nil accepts all.
func appendStat(dst []byte, list []*Proxy, w *view, f format, show func(*Proxy) bool) []byte {
	desc := f&formatDesc != 0
	f &^= formatDesc
	switch f {
	case formatCSV:
		dst = appendHeader(dst)
	case formatJSON:
		dst = append(dst, '[')
	}
	now, first := time.Now(), true
	for _, p := range list {
		if show != nil && !show(p) {
			continue
		}
		for _, r := range w.rows(p, now) {
			switch f {
			case formatCSV:
				dst = r.appendCSV(dst)
			case formatTyped:
				dst = r.appendTyped(dst, desc)
			default:
				if !first {
					dst = append(dst, ',')
				}
				dst = r.appendJSON(dst)
			}
			first = false
		}
	}
	if f == formatJSON {
		dst = append(dst, "]\n"...)
	}
	return dst
}
