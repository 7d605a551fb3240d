package speaker

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// fill gives every exported field a value of its own, so that none can get lost unnoticed.
type fill struct{ n int }

func (f *fill) value(v reflect.Value) {
	f.n++
	n := f.n
	switch p := v.Addr().Interface().(type) {
	case *netip.Addr:
		*p = netip.AddrFrom4([4]byte{10, 9, byte(n >> 8), byte(n)})
		return
	case *netip.Prefix:
		*p = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 9, byte(n >> 8), byte(n)}), 32)
		return
	case *time.Time:
		*p = time.Unix(int64(n), 5).UTC()
		return
	case *fsm.State:
		*p = fsm.Master
		return
	case *fsm.Holder:
		*p = fsm.ByOperator | fsm.ByStart
		return
	case *wire.Checksum:
		*p = wire.OldUnicast
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(n))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(n%250 + 1))
	case reflect.String:
		v.SetString("s" + time.Duration(n).String())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.elements(v)
	case reflect.Array:
		f.elements(v)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.value(key)
		f.value(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.value(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			f.value(v.Field(i))
		}
	default:
		panic(v.Type().String())
	}
}

func (f *fill) elements(v reflect.Value) {
	for i := range v.Len() {
		f.value(v.Index(i))
	}
}

// A guard gets and gives all of it as JSON.
func TestEverythingSurvivesJSON(t *testing.T) {
	same := cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})
	for _, full := range []any{&Config{}, &Report{}, &Status{}} {
		typ := reflect.TypeOf(full).Elem()
		t.Run(typ.Name(), func(t *testing.T) {
			for _, zero := range []bool{false, true} {
				want := reflect.New(typ)
				if !zero {
					new(fill).value(want.Elem())
				}
				b, err := json.Marshal(want.Interface())
				if err != nil {
					t.Fatal(err)
				}
				got := reflect.New(typ)
				if err := json.Unmarshal(b, got.Interface()); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want.Interface(), got.Interface(), same); diff != "" {
					t.Errorf("%s\n(-want +got):\n%s", b, diff)
				}
			}
		})
	}
}
