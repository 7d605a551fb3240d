package userlist

import (
	"errors"
	"strings"

	"github.com/go-crypt/crypt/algorithm"
	"github.com/go-crypt/crypt/algorithm/bcrypt"
	"github.com/go-crypt/crypt/algorithm/md5crypt"
	"github.com/go-crypt/crypt/algorithm/scrypt"
	"github.com/go-crypt/crypt/algorithm/shacrypt"
)

// parseHash reads a hash of crypt(3) by its prefix: $1$ MD5, $5$ SHA-256, $6$ SHA-512, $2a$ $2b$ $2y$ bcrypt, $y$ yescrypt,
// the ones that Debian's libcrypt knows and that are in use.
func parseHash(s string) (algorithm.Digest, error) {
	switch {
	case strings.HasPrefix(s, "$1$"):
		return md5crypt.Decode(s)
	case strings.HasPrefix(s, "$5$"), strings.HasPrefix(s, "$6$"):
		return shacrypt.Decode(s)
	case strings.HasPrefix(s, "$2a$"), strings.HasPrefix(s, "$2b$"), strings.HasPrefix(s, "$2y$"):
		return bcrypt.Decode(s)
	case strings.HasPrefix(s, "$y$"):
		return scrypt.Decode(s)
	}
	return nil, errors.New("hashes of this kind are not supported (DES crypt is not safe any more): use one that begins " +
		"with $6$, $5$, $1$, $2b$ or $y$, or insecure-password")
}
