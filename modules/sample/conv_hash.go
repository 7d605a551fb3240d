package sample

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"

	"github.com/cespare/xxhash/v2"
	"github.com/zeebo/xxh3"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Hashes that are not cryptographic (configuration.txt 7.3.1).
func init() {
	for name, sum := range map[string]func([]byte) uint32{
		"crc32": crc32.ChecksumIEEE, "crc32c": crc32c, "sdbm": HashSDBM, "djb2": HashDJB2, "wt6": HashWT6,
	} {
		RegisterConv(Conv{Name: name, Args: "[integer]", In: txn.Bin, Out: txn.Int, Compile: compileHash(sum)})
	}
	for name, sum := range map[string]func([]byte, uint64) int64{"xxh32": xxh32, "xxh64": xxh64, "xxh3": xxh3Sum} {
		RegisterConv(Conv{Name: name, Args: "[integer]", In: txn.Bin, Out: txn.Int, Compile: compileSeeded(sum)})
	}
}

// compileHash makes a 32 bit hash; with an argument other than 0 its bits are mixed further.
func compileHash(sum func([]byte) uint32) func(*Env, []Arg) (ConvFunc, error) {
	return func(_ *Env, args []Arg) (ConvFunc, error) {
		mix := len(args) > 0 && args[0].Int != 0
		return func(_ *txn.Txn, s *Sample) bool {
			h := sum(s.Bytes)
			if mix {
				h = Avalanche(h)
			}
			s.SetInt(int64(h))
			return true
		}, nil
	}
}

func compileSeeded(sum func([]byte, uint64) int64) func(*Env, []Arg) (ConvFunc, error) {
	return func(_ *Env, args []Arg) (ConvFunc, error) {
		var seed uint64
		if len(args) > 0 {
			seed = uint64(args[0].Int)
		}
		return func(_ *txn.Txn, s *Sample) bool {
			s.SetInt(sum(s.Bytes, seed))
			return true
		}, nil
	}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func crc32c(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// Avalanche is Bob Jenkins' integer hash with full avalanche, which `hash-type ... avalanche` and the hash converters
// apply to a hash. The factor, 3/4 of the range, was found by comparing with the binary.
func Avalanche(a uint32) uint32 {
	a = a + 0x7ed55d16 + a<<12
	a = a ^ 0xc761c23c ^ a>>19
	a = a + 0x165667b1 + a<<5
	a = (a + 0xd3a2646c) ^ a<<9
	a = a + 0xfd7046c5 + a<<3
	a = a ^ 0xb55a4f09 ^ a>>16
	return a * 0xc0000001 // as the numbers of HAProxy's sdbm(1) and base32 show
}

// HashSDBM is the hash of the sdbm database library.
func HashSDBM(b []byte) uint32 { return sdbmAppend(0, b) }

// sdbmAppend goes on with the sdbm hash of b.
func sdbmAppend(h uint32, b []byte) uint32 {
	for _, c := range b {
		h = uint32(c) + h<<6 + h<<16 - h
	}
	return h
}

// HashDJB2 is Dan Bernstein's hash: times 33, plus.
func HashDJB2(b []byte) uint32 {
	h := uint32(5381)
	for _, c := range b {
		h = h*33 + uint32(c)
	}
	return h
}

// HashWT6 is the hash that HAProxy calls wt6: two words that each byte inverts and rotates by steps that depend on them.
func HashWT6(b []byte) uint32 {
	h0, h1 := uint32(0xa53c965a), uint32(0x5ca6953a)
	r0, r1 := 6, 18
	for _, c := range b {
		h0 = ^(h0 ^ uint32(c))
		h1 = ^(h1 + uint32(c))
		h0, h1 = bits.RotateLeft32(h1, r0), bits.RotateLeft32(h0, r1)
		t := h0>>16 ^ h1&0xffff
		r0, r1 = int(t&31), int(t>>11&31)
	}
	return h0 ^ h1
}

func xxh64(b []byte, seed uint64) int64 {
	var d xxhash.Digest
	d.ResetWithSeed(seed)
	_, _ = d.Write(b)
	return int64(d.Sum64())
}

func xxh3Sum(b []byte, seed uint64) int64 { return int64(xxh3.HashSeed(b, seed)) }

// The primes of XXH32 (xxHash specification, "XXH32 algorithm description").
const (
	prime1 = 0x9E3779B1
	prime2 = 0x85EBCA77
	prime3 = 0xC2B2AE3D
	prime4 = 0x27D4EB2F
	prime5 = 0x165667B1
)

// xxh32 is XXH32; the seed has 32 bits.
func xxh32(b []byte, seed64 uint64) int64 {
	seed, size := uint32(seed64), uint32(len(b))
	h := seed + prime5
	if len(b) >= 16 {
		v := [4]uint32{seed + prime1 + prime2, seed + prime2, seed, seed - prime1}
		for ; len(b) >= 16; b = b[16:] {
			for i := range v {
				v[i] = bits.RotateLeft32(v[i]+binary.LittleEndian.Uint32(b[4*i:])*prime2, 13) * prime1
			}
		}
		h = bits.RotateLeft32(v[0], 1) + bits.RotateLeft32(v[1], 7) + bits.RotateLeft32(v[2], 12) + bits.RotateLeft32(v[3], 18)
	}
	h += size
	for ; len(b) >= 4; b = b[4:] {
		h = bits.RotateLeft32(h+binary.LittleEndian.Uint32(b)*prime3, 17) * prime4
	}
	for _, c := range b {
		h = bits.RotateLeft32(h+uint32(c)*prime5, 11) * prime1
	}
	h = (h ^ h>>15) * prime2
	h = (h ^ h>>13) * prime3
	return int64(h ^ h>>16)
}
