//lint:file-ignore ST1005 the texts are HAProxy's, word for word

package sample

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"sync"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/blake2s"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Cryptography (configuration.txt 7.3.1).
func init() {
	RegisterConv(
		Conv{Name: "sha1", In: txn.Bin, Out: txn.Bin, Func: digestConv(sha1.New)},
		Conv{Name: "sha2", Args: "[integer]", In: txn.Bin, Out: txn.Bin, Compile: compileSHA2},
		Conv{Name: "digest", Args: "string", In: txn.Bin, Out: txn.Bin, Compile: compileDigest},
		Conv{Name: "hmac", Args: "string,string", In: txn.Bin, Out: txn.Bin, Compile: compileHMAC},
		Conv{Name: "secure_memcmp", Args: "string", In: txn.Bin, Out: txn.Bool, Compile: compileSecureMemcmp},
		Conv{Name: "aes_gcm_dec", Args: "integer,string,string,string", In: txn.Bin, Out: txn.Bin, Compile: compileAESGCM},
	)
}

// digests are OpenSSL's names of the digests that Go has too.
var digests = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New, "sha-1": sha1.New,
	"sha224": sha256.New224, "sha2-224": sha256.New224, "sha-224": sha256.New224,
	"sha256": sha256.New, "sha2-256": sha256.New, "sha-256": sha256.New,
	"sha384": sha512.New384, "sha2-384": sha512.New384, "sha-384": sha512.New384,
	"sha512": sha512.New, "sha2-512": sha512.New, "sha-512": sha512.New,
	"sha512-224": sha512.New512_224, "sha512-256": sha512.New512_256,
	"sha3-224":   func() hash.Hash { return sha3.New224() },
	"sha3-256":   func() hash.Hash { return sha3.New256() },
	"sha3-384":   func() hash.Hash { return sha3.New384() },
	"sha3-512":   func() hash.Hash { return sha3.New512() },
	"blake2b512": func() hash.Hash { h, _ := blake2b.New512(nil); return h },
	"blake2s256": func() hash.Hash { h, _ := blake2s.New256(nil); return h },
}

// digestsElsewhere are digests that HAProxy has from OpenSSL and Go has not.
var digestsElsewhere = []string{"md4", "ripemd160", "ripemd", "rmd160", "sm3", "whirlpool", "shake128", "shake256", "md5-sha1"}

func digestNamed(name string) (func() hash.Hash, error) {
	low := strings.ToLower(name)
	for _, prefix := range []string{"rsa-", "ssl3-"} {
		low = strings.TrimPrefix(low, prefix)
	}
	if h := digests[low]; h != nil {
		return h, nil
	}
	if slices.Contains(digestsElsewhere, low) {
		return nil, fmt.Errorf("algorithm '%s' is not supported yet", name)
	}
	return nil, errors.New("algorithm must be a valid OpenSSL message digest name.")
}

// digestConv hashes with an instance from a pool.
func digestConv(make func() hash.Hash) ConvFunc {
	pool := &sync.Pool{New: func() any { return make() }}
	return func(t *txn.Txn, s *Sample) bool {
		h := pool.Get().(hash.Hash)
		h.Reset()
		_, _ = h.Write(s.Bytes)
		s.SetBin(t.Keep(h.Sum(t.Room(h.Size()))))
		pool.Put(h)
		return true
	}
}

func compileSHA2(_ *Env, args []Arg) (ConvFunc, error) {
	n := int64(256)
	if len(args) > 0 {
		n = args[0].Int
	}
	switch n {
	case 224, 256, 384, 512:
		return digestConv(digests[fmt.Sprintf("sha%d", n)]), nil
	}
	return nil, fmt.Errorf("Unsupported number of bits: '%d'", n)
}

func compileDigest(_ *Env, args []Arg) (ConvFunc, error) {
	h, err := digestNamed(args[0].Str)
	if err != nil {
		return nil, err
	}
	return digestConv(h), nil
}

// secret is an argument that is base64 text, or a variable with base64 text in it.
type secret struct {
	variable
	isVar bool
	key   []byte
}

func parseSecret(text, what string) (k secret, err error) {
	if v, err := parseVariable(text); err == nil {
		return secret{variable: v, isVar: true}, nil
	}
	if k.key, err = base64.StdEncoding.DecodeString(text); err != nil {
		err = fmt.Errorf("failed to parse %s : argument needs to be base64 encoded, and can either be a string or a variable", what)
	}
	return k, err
}

// value is the secret's bytes, in scratch memory; false when the variable has none.
func (k *secret) value(t *txn.Txn) ([]byte, bool) {
	if !k.isVar {
		return k.key, true
	}
	w := t.Borrow()
	defer t.Return()
	if !k.fetch(t, &w.Sample) || !ToStr(t, &w.Sample) {
		return nil, false
	}
	return base64Std.decode(t, w.Sample.Bytes)
}

func compileHMAC(_ *Env, args []Arg) (ConvFunc, error) {
	h, err := digestNamed(args[0].Str)
	if err != nil {
		return nil, err
	}
	k, err := parseSecret(args[1].Str, "key")
	if err != nil {
		return nil, err
	}
	if !k.isVar {
		return digestConv(func() hash.Hash { return hmac.New(h, k.key) }), nil
	}
	return func(t *txn.Txn, s *Sample) bool {
		key, ok := k.value(t)
		if !ok {
			return false
		}
		m := hmac.New(h, key)
		_, _ = m.Write(s.Bytes)
		s.SetBin(t.Keep(m.Sum(t.Room(m.Size()))))
		return true
	}, nil
}

func compileSecureMemcmp(_ *Env, args []Arg) (ConvFunc, error) {
	v, err := requiredVariable(args[0].Str)
	if err != nil {
		return nil, err
	}
	return func(t *txn.Txn, s *Sample) bool {
		w := t.Borrow()
		defer t.Return()
		if !v.fetch(t, &w.Sample) || !ToBin(t, &w.Sample) {
			return false
		}
		s.SetBool(subtle.ConstantTimeCompare(s.Bytes, w.Sample.Bytes) == 1)
		return true
	}, nil
}

func compileAESGCM(_ *Env, args []Arg) (ConvFunc, error) {
	switch args[0].Int {
	case 128, 192, 256:
	default:
		return nil, errors.New("key size must be 128, 192 or 256 (bits).")
	}
	var list [3]secret
	for i, what := range []string{"nonce", "key", "aead_tag"} {
		var err error
		if list[i], err = parseSecret(args[i+1].Str, what); err != nil {
			return nil, err
		}
	}
	size := int(args[0].Int / 8)
	return func(t *txn.Txn, s *Sample) bool {
		nonce, ok1 := list[0].value(t)
		key, ok2 := list[1].value(t)
		tag, ok3 := list[2].value(t)
		return ok1 && ok2 && ok3 && len(key) >= size && openGCM(t, s, nonce, key[:size], tag)
	}, nil
}

func openGCM(t *txn.Txn, s *Sample, nonce, key, tag []byte) bool {
	block, err := aes.NewCipher(key)
	if err != nil || len(tag) != 16 || len(nonce) == 0 {
		return false
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(nonce))
	if err != nil {
		return false
	}
	sealed := append(append(t.Scratch(len(s.Bytes) + len(tag))[:0], s.Bytes...), tag...)
	plain, err := gcm.Open(sealed[:0], nonce, sealed, nil)
	s.SetBin(plain)
	return err == nil
}
