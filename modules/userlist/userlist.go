// Package userlist is HAProxy's `userlist` sections (configuration.txt 3.4): users with clear or hashed passwords, and the
// groups they are in. It asks nobody for a password; fetches and the action auth do.
package userlist

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"

	"github.com/go-crypt/crypt/algorithm"
)

// User is one user of a list.
type User struct {
	Name string
	// Password is a crypt(3) hash, or the password itself when Insecure is set. A user without one cannot log in.
	Password string
	// Insecure says that Password is not hashed ("insecure-password").
	Insecure bool
	// Groups are the groups that the user is in, by name.
	Groups []string
}

// List is a compiled userlist. It is safe for concurrent use.
type List struct {
	users    map[string]*login
	verified verdicts
}

type login struct {
	clear  []byte           // nil when the password is hashed
	hash   algorithm.Digest // nil when it is not
	groups []string
}

// New compiles a list. It joins all errors: groups that are not there, and hashes of a kind that is not supported. Of
// several users of one name the first counts, as in HAProxy.
func New(name string, users []User, groups []string) (*List, error) {
	l := &List{users: make(map[string]*login, len(users))}
	l.verified.init()
	var errs []error
	for _, u := range users {
		if l.users[u.Name] != nil {
			continue
		}
		in, err := newLogin(u, groups)
		if err != nil {
			errs = append(errs, fmt.Errorf("userlist '%s': %w", name, err))
			continue
		}
		l.users[u.Name] = in
	}
	return l, errors.Join(errs...)
}

func newLogin(u User, groups []string) (*login, error) {
	for _, g := range u.Groups {
		if !slices.Contains(groups, g) {
			return nil, fmt.Errorf("no such group '%s' specified in user '%s'", g, u.Name)
		}
	}
	in := &login{groups: u.Groups}
	switch {
	case u.Password == "":
	case u.Insecure:
		in.clear = []byte(u.Password)
	default:
		hash, err := parseHash(u.Password)
		if err != nil {
			return nil, fmt.Errorf("password of user '%s': %w", u.Name, err)
		}
		in.hash = hash
	}
	return in, nil
}

// Check compares user and password. slow means that the password is hashed and was not compared lately: the caller runs
// CheckSlow outside of its loop and asks again.
func (l *List) Check(user, password []byte) (ok, slow bool) {
	in := l.users[string(user)]
	switch {
	case in == nil:
		return false, false
	case in.hash == nil:
		return in.clear != nil && subtle.ConstantTimeCompare(in.clear, password) == 1, false
	}
	ok, known := l.verified.find(user, password)
	return ok, !known
}

// CheckSlow compares a hashed password, which takes milliseconds, and remembers the result for Check.
func (l *List) CheckSlow(user, password []byte) bool {
	in := l.users[string(user)]
	if in == nil || in.hash == nil {
		ok, _ := l.Check(user, password)
		return ok
	}
	ok := in.hash.MatchBytes(password)
	l.verified.add(user, password, ok)
	return ok
}

// Groups are the names of the groups that user is in, nil for an unknown one.
func (l *List) Groups(user []byte) []string {
	if in := l.users[string(user)]; in != nil {
		return in.groups
	}
	return nil
}
