package h1

// minorOf gives what HAProxy makes of a version: 1 for anything at or above 1.1, and 0 for the rest. With
// accept-invalid-http-* it looks at the two digits' places whatever stands there.
func minorOf(v []byte) int {
	if len(v) == 8 && (v[5] > '1' || v[5] == '1' && v[7] >= '1') {
		return 1
	}
	return 0
}

// digitsOf says whether v ends in "/d.d".
func digitsOf(v []byte) bool {
	return len(v) == 8 && v[4] == '/' && isDigit(v[5]) && v[6] == '.' && isDigit(v[7])
}

// requestVersion says whether v may end a request line.
func requestVersion(v []byte) bool {
	return digitsOf(v) && string(v[:4]) == "HTTP"
}

// responseVersion says whether v may begin a status line: HAProxy lets RTSP and the like through here.
func responseVersion(v []byte) bool {
	if !digitsOf(v) {
		return false
	}
	for _, c := range v[:4] {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}
