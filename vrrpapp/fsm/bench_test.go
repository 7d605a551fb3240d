package fsm

import "testing"

// BenchmarkAdvert is what each interval costs a backup, BenchmarkTick what it costs a master.
func BenchmarkAdvert(b *testing.B) {
	m, _ := New(tutorial())
	m.Handle(epoch, up)
	m.Handle(epoch, Start{})
	now, a := epoch, says(tutorial(), 200, higher)
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(sec)
		m.Handle(now, a)
	}
}

func BenchmarkTick(b *testing.B) {
	m, _ := New(tutorial())
	m.Handle(epoch, up)
	m.Handle(epoch, Start{})
	now := epoch.Add(down2)
	m.Handle(now, Tick{})
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(sec)
		m.Handle(now, Tick{})
	}
}
