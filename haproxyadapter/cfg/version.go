package cfg

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// version is a HAProxy version in comparable form: 2.6.12-dev3-17 is branch 2.6, release 12, a pre-release, 17 commits.
type version struct {
	number  [4]uint64
	release int // -3 to -1 for dev, pre and rc, 0 for a release
	step    uint64
	commits uint64
}

// compareVersions orders two versions as version_atleast() does. Like HAProxy's, the parser takes text that is no version
// for the oldest one.
func compareVersions(a, b string) int {
	v, w := parseVersion(a), parseVersion(b)
	for i := range v.number {
		if c := cmp.Compare(v.number[i], w.number[i]); c != 0 {
			return c
		}
	}
	return cmp.Or(cmp.Compare(v.release, w.release), cmp.Compare(v.step, w.step), cmp.Compare(v.commits, w.commits))
}

func parseVersion(s string) version {
	var v version
	numbers, suffix, _ := strings.Cut(s, "-")
	parts := strings.Split(numbers, ".")
	if len(parts) > len(v.number) {
		return version{}
	}
	for i, p := range parts {
		n, rest, ok := unsigned(p)
		if rest != "" || !ok && p != "" {
			return version{}
		}
		v.number[i] = n
	}
	for i, name := range []string{"rc", "pre", "dev"} {
		if rest, ok := strings.CutPrefix(suffix, name); ok {
			v.release = -1 - i
			v.step, _, _ = unsigned(rest)
			break
		}
	}
	last := suffix[strings.LastIndexByte(suffix, '-')+1:]
	if n, rest, ok := unsigned(last); ok && rest == "" {
		v.commits = n
	}
	return v
}

// openSSLNumber encodes M.N.F, patch letters and a pre-release as OPENSSL_VERSION_NUMBER did up to OpenSSL 1.1.1:
// 0xMNNFFPPS. HAProxy compares this with the library's own number, also with OpenSSL 3.
func openSSLNumber(s string) (uint64, error) {
	number, suffix, pre := strings.Cut(strings.TrimLeft(s, " "), "-")
	letters := strings.TrimLeft(number, "0123456789.")
	parts := strings.Split(strings.TrimSuffix(number, letters), ".")
	if len(parts) != 3 {
		return 0, fmt.Errorf("invalid OpenSSL version '%s'", s)
	}
	var n uint64
	for _, p := range parts {
		v, err := strconv.ParseUint(p, 10, 8)
		if err != nil {
			return 0, fmt.Errorf("invalid OpenSSL version '%s'", s)
		}
		n = n<<8 | v
	}
	var patch uint64
	for _, c := range strings.TrimRight(letters, " ") {
		if c < 'a' || c > 'z' {
			return 0, fmt.Errorf("invalid OpenSSL version '%s'", s)
		}
		patch += uint64(c-'a') + 1
	}
	status := uint64(0xf)
	if pre {
		_, digits, _ := strings.Cut(suffix, strings.TrimRight(suffix, "0123456789"))
		status, _ = strconv.ParseUint(digits, 10, 4)
	}
	return n<<12 | min(patch, 0xff)<<4 | status, nil
}

// runningOpenSSLNumber is what the library says of itself: since OpenSSL 3 the last number stands where the patch letters
// were.
func runningOpenSSLNumber(s string) (uint64, error) {
	n, err := openSSLNumber(s)
	if err != nil || n < 3<<28 {
		return n, err
	}
	return n>>20<<20 | n>>12&0xff<<4, nil
}

// unsigned reads a number at the start of s, as far as it goes.
func unsigned(s string) (n uint64, rest string, ok bool) {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	n, err := strconv.ParseUint(s[:i], 10, 32)
	return n, s[i:], err == nil
}
