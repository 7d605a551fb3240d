package guard

import (
	"bytes"
	"encoding"
	"encoding/json"
	"net/netip"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// Whatever a configuration or a status says survives the way.
func TestRoundTrip(t *testing.T) {
	var c command
	fill(reflect.ValueOf(&c).Elem(), 1)
	var n news
	fill(reflect.ValueOf(&n).Elem(), 1)
	for _, sent := range []any{&c, &n, &command{}, &news{}} {
		line, err := encode(sent)
		if err != nil {
			t.Fatal(err)
		}
		got := reflect.New(reflect.TypeOf(sent).Elem()).Interface()
		if err := newFrames(bytes.NewReader(line)).next(got); err != nil {
			t.Fatal(err)
		}
		opts := cmp.Options{cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.EquateApproxTime(0)}
		if d := cmp.Diff(sent, got, opts); d != "" {
			t.Error("(-want +got)", d)
		}
	}
}

// fill puts something else than zero into everything.
func fill(v reflect.Value, seed int) {
	switch v.Addr().Interface().(type) {
	case *netip.Addr:
		v.Set(reflect.ValueOf(netip.AddrFrom4([4]byte{10, 0, 0, byte(seed)})))
		return
	case *netip.Prefix:
		v.Set(reflect.ValueOf(netip.MustParsePrefix("fd00::1/64")))
		return
	case *time.Time:
		v.Set(reflect.ValueOf(time.Unix(1e9, int64(seed)).UTC()))
		return
	}
	if _, named := v.Addr().Interface().(encoding.TextUnmarshaler); named && v.CanUint() {
		v.SetUint(1) // not every number has a name
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), seed+i)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), seed)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), seed)
		fill(v.Index(1), seed+1)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), seed+i)
		}
	case reflect.Map:
		k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(k, seed)
		fill(e, seed)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(k, e)
	case reflect.String:
		v.SetString("name \n\"" + string(rune('a'+seed%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(-seed%100 - 1))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(seed%200 + 1))
	default:
		panic("a " + v.Kind().String() + " is not filled")
	}
}

// The largest configuration there can be passes: every VRID with as many addresses as a message takes.
func TestLargest(t *testing.T) {
	var c speaker.Config
	for range 255 {
		var r speaker.Router
		fill(reflect.ValueOf(&r).Elem(), 1)
		r.Excluded, r.FSM.Addresses, r.FSM.Excluded = nil, nil, nil
		for len(r.Addresses) < 255 {
			r.Addresses = append(r.Addresses, r.Addresses[0])
		}
		for i := range r.Addresses {
			r.Addresses[i].Label, r.Addresses[i].Dev = "eth0:1", "eth0"
		}
		c.Routers = append(c.Routers, r)
	}
	if line, err := encode(command{Do: doApply, Config: &c}); err != nil {
		t.Error(err, len(line))
	}
}

// What a message may cost is bounded before it is read.
func TestHostile(t *testing.T) {
	for name, text := range map[string]string{
		"no end":         strings.Repeat(" ", mostBytes+1),
		"many routers":   `{"config":{"routers":[` + strings.Repeat("0,", 5<<20) + "0]}}\n",
		"many statuses":  `{"status":[` + strings.Repeat("0,", 5<<20) + "0]}\n",
		"many addresses": `{"config":{"routers":[{"addresses":[` + strings.Repeat("0,", 5<<20) + "0]}]}}\n",
		"deep":           strings.Repeat("[", 8<<20) + "\n",
	} {
		for _, m := range []any{&command{}, &news{}} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := newFrames(strings.NewReader(text)).next(m)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Error(name, "passes")
			}
			if grew := after.TotalAlloc - before.TotalAlloc; grew > 8*mostBytes {
				t.Errorf("%s: %d MB", name, grew>>20)
			}
		}
	}
}

func FuzzCommand(f *testing.F) { fuzz(f, func() any { return new(command) }) }
func FuzzNews(f *testing.F)    { fuzz(f, func() any { return new(news) }) }

// fuzz reads messages from any bytes. What was understood says the same when it is said again.
func fuzz(f *testing.F, empty func() any) {
	full := empty()
	fill(reflect.ValueOf(full).Elem(), 1)
	line, err := encode(full)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	for _, text := range []string{"", "\n", "{}\n", `{"do":"open","id":1,"setup":{"patience":1}}` + "\n{", "null\n[]\n", `{"id":1,"error":"\ud800"}` + "\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fr := newFrames(bytes.NewReader(data))
		for {
			m := empty()
			if err := fr.next(m); err != nil {
				return // the end of the link
			}
			line, err := encode(m)
			if err != nil {
				t.Fatal(err)
			}
			again := empty()
			if err := json.Unmarshal(line, again); err != nil {
				t.Fatal(err)
			}
			twice, err := encode(again)
			if err != nil || !bytes.Equal(line, twice) {
				t.Fatalf("%v\n%s\n%s", err, line, twice)
			}
		}
	})
}
