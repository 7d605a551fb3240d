package regex

import "errors"

// ErrTemplate is the error of a template that ends in the middle of an escape. HAProxy answers 500 then.
var ErrTemplate = errors.New("replacement ends with an incomplete escape")

// AppendTemplate appends tmpl to dst as HAProxy's replace-header, replace-value, map_regm and regsub expand it: \0 to
// \9 are what the match loc (of FindSubmatchIndex) has in src, \xHH is a byte, and \ before anything else is that.
func AppendTemplate(dst, src, tmpl []byte, loc []int) ([]byte, error) {
	for i := 0; i < len(tmpl); i++ {
		c := tmpl[i]
		if c != '\\' {
			dst = append(dst, c)
			continue
		}
		if i++; i >= len(tmpl) {
			return dst, ErrTemplate
		}
		switch c = tmpl[i]; {
		case c >= '0' && c <= '9':
			if g := 2 * int(c-'0'); g+1 < len(loc) && loc[g] >= 0 {
				dst = append(dst, src[loc[g]:loc[g+1]]...)
			}
		case c == 'x':
			if i+2 >= len(tmpl) {
				return dst, ErrTemplate
			}
			dst = append(dst, hexValue(tmpl[i+1])<<4+hexValue(tmpl[i+2]))
			i += 2
		default:
			dst = append(dst, c)
		}
	}
	return dst, nil
}

// hexValue is the value of a hexadecimal digit. HAProxy does not check that it is one: the rest follows its arithmetic.
func hexValue(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= '`':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}

// AppendReplace appends src to dst with the first match, or all of them, replaced by tmpl, as the converter regsub does:
// each further round looks at the rest of src as if it were a new subject, but ^ does not match there.
func (re *Regex) AppendReplace(dst, src, tmpl []byte, all bool) ([]byte, error) {
	var locs [20]int
	var err error
	for {
		loc := re.FindSubmatchIndex(src, locs[:0])
		if loc == nil {
			return append(dst, src...), nil
		}
		dst = append(dst, src[:loc[0]]...)
		if dst, err = AppendTemplate(dst, src, tmpl, loc); err != nil {
			return dst, err
		}
		end := loc[1]
		if all && end == 0 && len(src) > 0 { // an empty match at the start: go on behind the next byte
			dst = append(dst, src[0])
			end = 1
		}
		rest := src[end:]
		if !all || len(src) == 0 {
			return append(dst, rest...), nil
		}
		src = rest
		if re.f.begin || re.f.beginLine {
			if re, err = re.following(); err != nil {
				return dst, err
			}
		}
	}
}

// following is re for the rest of a subject whose start was replaced.
func (re *Regex) following() (*Regex, error) {
	if re.next == nil {
		return re, nil
	}
	return re.next()
}
