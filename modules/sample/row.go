package sample

import (
	"fmt"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// FetchFunc extracts a value into out; false means that there is none. A nil it asks for one value, see Iter; else it
// walks the occurrences, and out.More says that there may be further ones.
type FetchFunc func(t *txn.Txn, it *Iter, out *Sample) bool

// ConvFunc converts s in place; false means that there is no result. Temporary bytes come from t's scratch memory.
type ConvFunc func(t *txn.Txn, s *Sample) bool

// Fetch is one fetch method (configuration.txt 7.3.2 to 7.3.7).
type Fetch struct {
	Name string
	// Args are the arguments as `haproxy -dKsmp` writes them: "string[,integer]"; brackets hold optional ones.
	Args string
	// Out is the type of the value; Any when it is known at run time only.
	Out Type
	Use Use
	// Func is the fetch when it has no use for arguments; else Compile makes it.
	Func    FetchFunc
	Compile func(env *Env, args []Arg) (FetchFunc, error)
	// Note says, for the documentation, what differs from HAProxy; empty when nothing does.
	Note string
}

// Conv is one converter (configuration.txt 7.3.1).
type Conv struct {
	Name string
	// Args are the arguments as `haproxy -dKcnv` writes them.
	Args string
	// In is the type the input is cast to (Any: left alone), Out the type of the result (Same: as the input).
	In, Out Type
	// Func is the converter when it has no arguments; else Compile makes it.
	Func    ConvFunc
	Compile func(env *Env, args []Arg) (ConvFunc, error)
}

type fetchRow struct {
	Fetch
	spec argSpec
}

type convRow struct {
	Conv
	spec argSpec
}

var (
	fetches = map[string]*fetchRow{}
	convs   = map[string]*convRow{}
)

// RegisterFetch adds fetches. It is called from init; a name given twice is a programmer's error.
func RegisterFetch(rows ...Fetch) {
	for _, r := range rows {
		if fetches[r.Name] != nil || (r.Func == nil) == (r.Compile == nil) {
			panic(fmt.Sprintf("sample: bad fetch row %q", r.Name))
		}
		fetches[r.Name] = &fetchRow{r, mustSpec(r.Args)}
	}
}

// RegisterConv adds converters. It is called from init; a name given twice is a programmer's error.
func RegisterConv(rows ...Conv) {
	for _, r := range rows {
		if convs[r.Name] != nil || (r.Func == nil) == (r.Compile == nil) {
			panic(fmt.Sprintf("sample: bad converter row %q", r.Name))
		}
		convs[r.Name] = &convRow{r, mustSpec(r.Args)}
	}
}

// Fetches are the names of all fetches, sorted.
func Fetches() []string { return sortedNames(fetches) }

// Convs are the names of all converters, sorted.
func Convs() []string { return sortedNames(convs) }
