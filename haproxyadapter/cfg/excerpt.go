package cfg

import "strings"

// excerpt shows a line and a caret under offset at, the way HAProxy does: without indentation, in a window of 80 columns,
// unprintable bytes replaced. The label is set before the text.
func excerpt(label, line string, at int) string {
	indent := min(skipSpace(line, 0), at)
	text, caret := window(line[indent:], at-indent, 80-len(label))
	return "\n  " + label + printable(text) + "\n  " + strings.Repeat(" ", len(label)+caret) + "^"
}

// window cuts a line to what is shown of it and says where the caret stands in that.
func window(text string, at, width int) (string, int) {
	const dots = "..."
	center := width / 2
	if at < width {
		return text[:min(len(text), width)], at
	}
	text = text[at-center+len(dots):]
	return dots + text[:min(len(text), width-2*len(dots))] + dots, center
}

func printable(s string) string {
	b := []byte(s)
	for i, c := range b {
		switch {
		case isSpace(c):
			b[i] = ' '
		case c < ' ' || c >= 0x7f:
			b[i] = '?'
		}
	}
	return string(b)
}
