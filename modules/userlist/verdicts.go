package userlist

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// remembered is how many results are kept, of matches and of mismatches each: failed attempts do not push out logins.
const remembered = 1024

// verdicts are results of slow comparisons, so that a hash is computed once for each login and not for each request. The
// passwords are not kept: the key is a SHA-256 of user and password with a secret of this process in front.
type verdicts struct {
	mu     sync.Mutex
	secret [32]byte
	match  ring
	miss   ring
}

// ring is a set that forgets its oldest member.
type ring struct {
	set  map[[sha256.Size]byte]struct{}
	keys [][sha256.Size]byte
	next int
}

func (v *verdicts) init() {
	_, _ = rand.Read(v.secret[:]) // never fails: crypto/rand ends the process instead
	v.match.set = map[[sha256.Size]byte]struct{}{}
	v.miss.set = map[[sha256.Size]byte]struct{}{}
}

// key allocates only for credentials of more than some 200 bytes.
func (v *verdicts) key(user, password []byte) [sha256.Size]byte {
	var buf [256]byte
	b := append(buf[:0], v.secret[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(user)))
	b = append(append(b, user...), password...)
	return sha256.Sum256(b)
}

func (v *verdicts) find(user, password []byte) (ok, known bool) {
	k := v.key(user, password)
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.match.set[k]; ok {
		return true, true
	}
	_, known = v.miss.set[k]
	return false, known
}

func (v *verdicts) add(user, password []byte, ok bool) {
	k := v.key(user, password)
	v.mu.Lock()
	defer v.mu.Unlock()
	if ok {
		v.match.add(k)
	} else {
		v.miss.add(k)
	}
}

func (r *ring) add(k [sha256.Size]byte) {
	if _, ok := r.set[k]; ok {
		return
	}
	if len(r.keys) < remembered {
		r.keys = append(r.keys, k)
	} else {
		delete(r.set, r.keys[r.next])
		r.keys[r.next] = k
		r.next = (r.next + 1) % remembered
	}
	r.set[k] = struct{}{}
}
