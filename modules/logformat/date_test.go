package logformat

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

func TestDates(t *testing.T) {
	zones := []string{"UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Kiritimati"}
	rnd := rand.New(rand.NewPCG(1, 2))
	seconds := []int64{0, 1, 86399, 86400, 951782400, 951868800, 1709164800, 4102444799, 1635645600, 1635642000}
	for range 2000 {
		seconds = append(seconds, rnd.Int64N(5e9))
	}
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, sec := range seconds {
			x := time.Unix(sec, rnd.Int64N(1e9)).In(zone)
			for want, got := range map[string][]byte{
				x.Format("02/Jan/2006:15:04:05.000"):         appendDate(nil, x),
				x.Format("02/Jan/2006:15:04:05 -0700"):       appendLocal(nil, x),
				x.UTC().Format("02/Jan/2006:15:04:05 +0000"): appendGMT(nil, x),
			} {
				if string(got) != want {
					t.Fatalf("%s: got %s, want %s", name, got, want)
				}
			}
		}
	}
}

func TestAppendInt(t *testing.T) {
	for _, v := range []int64{0, 1, 9, 10, 99, 100, 999, 1000, 9999, 10000, 99999, 100000, -1, -10, math.MaxInt64, math.MinInt64} {
		if got := string(appendInt(nil, v)); got != strconv.FormatInt(v, 10) {
			t.Errorf("%d: got %s", v, got)
		}
	}
}

func TestAppendHex(t *testing.T) {
	for v, want := range map[uint64]string{0: "0000", 0xa7: "00A7", 0x3b7d: "3B7D", 0x6b02e0a0: "6B02E0A0", math.MaxUint64: "FFFFFFFFFFFFFFFF"} {
		if got := string(appendHex(nil, v, 4)); got != want {
			t.Errorf("%x: got %s, want %s", v, got, want)
		}
	}
}
