package stats

import (
	"fmt"
	"strconv"
	"time"
)

// infoLine is one value of `show info`.
type infoLine struct {
	*infoColumn
	value
}

// info fills in all lines; the values of features that this program does not have are 0. With float some values have
// fractions.
func (p *Process) info(float bool, now time.Time) []infoLine {
	up := now.Sub(p.Start)
	const mb = 1 << 20
	numbers := map[string]int64{
		"Nbthread": int64(p.Threads), "Nbproc": 1, "Process_num": 1, "Pid": int64(p.Pid), "Uptime_sec": seconds(up),
		"Memmax_MB": p.MemLimit / mb, "PoolAlloc_MB": p.MemAlloc / mb, "PoolUsed_MB": p.MemUsed / mb,
		"Ulimit-n": int64(p.UlimitN), "Maxsock": int64(p.UlimitN), "Maxconn": int64(p.Maxconn),
		"Hard_maxconn": int64(p.Maxconn), "Maxpipes": int64(p.Maxpipes),
		"PipesUsed": p.PipesUsed, "PipesFree": p.PipesFree, "CurrConns": p.CurrConns, "CumConns": p.CumConns, "CumReq": p.CumReq,
		"ConnRate": p.ConnRate, "MaxConnRate": p.MaxConnRate, "SessRate": p.SessRate, "MaxSessRate": p.MaxSessRate,
		"Tasks": int64(p.Tasks), "Idle_pct": 100, "Stopping": truth(p.Stopping),
		"Jobs": p.CurrConns + int64(p.Listeners), "Listeners": int64(p.Listeners), "DroppedLogs": p.DroppedLogs,
		"TotalBytesOut": p.BytesOut, "BytesOutRate": p.BytesOutRate,
		"Memmax_bytes": p.MemLimit, "PoolAlloc_bytes": p.MemAlloc, "PoolUsed_bytes": p.MemUsed,
		"Start_time_sec": p.Start.Unix(),
	}
	texts := map[string]string{
		"Name": "HAProxy", "Version": Version, "Release_date": ReleaseDate, "Uptime": uptime(up), "node": p.Node,
		"description": p.Description, "Build info": Build, "Tainted": "0",
	}
	fractions := map[string]float64{
		"Uptime_sec": up.Seconds(), "Start_time_sec": float64(p.Start.UnixMicro()) / 1e6,
		"ConnRate": float64(p.ConnRate), "SessRate": float64(p.SessRate), "SslRate": 0, "SslFrontendKeyRate": 0,
		"SslFrontendSessionReuse_pct": 0, "SslBackendKeyRate": 0, "CompressBpsIn": 0, "CompressBpsOut": 0,
	}
	lines := make([]infoLine, len(infoColumns))
	for i := range infoColumns {
		c := &infoColumns[i]
		v := value{set: true, typ: c.typ, tag: c.tag, n: numbers[c.name], s: texts[c.name]}
		if f, ok := fractions[c.name]; ok && float {
			v.typ, v.f = flt, f
			if v.tag[1] != 'D' {
				v.tag = "MRP"
			}
		}
		lines[i] = infoLine{c, v}
	}
	return lines
}

// uptime writes a duration as `show info` does: 0d 0h00m05s.
func uptime(d time.Duration) string {
	s := int64(d / time.Second)
	return fmt.Sprintf("%dd %dh%02dm%02ds", s/86400, s/3600%24, s/60%60, s%60)
}

// appendInfo writes the lines in the plain form.
func appendInfo(dst []byte, lines []infoLine, desc bool) []byte {
	for i := range lines {
		l := &lines[i]
		dst = append(dst, l.name...)
		dst = append(dst, ": "...)
		dst = append(dst, l.text()...)
		dst = l.finish(dst, desc)
	}
	return dst
}

// appendInfoTyped writes the lines in the typed form (management.txt 9.2).
func appendInfoTyped(dst []byte, lines []infoLine, desc bool) []byte {
	for i := range lines {
		l := &lines[i]
		dst = strconv.AppendInt(dst, int64(l.pos), 10)
		dst = append(dst, '.')
		dst = append(dst, l.name...)
		dst = append(dst, ".1"...)
		dst = l.appendTyped(dst)
		dst = l.finish(dst, desc)
	}
	return dst
}

func (l *infoLine) finish(dst []byte, desc bool) []byte {
	if desc {
		dst = append(dst, `:"`...)
		dst = append(dst, l.desc...)
		dst = append(dst, '"')
	}
	return append(dst, '\n')
}

// appendInfoJSON writes the lines as one array.
func appendInfoJSON(dst []byte, lines []infoLine) []byte {
	dst = append(dst, '[')
	for i := range lines {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		dst = lines[i].appendJSON(dst, lines[i].pos, lines[i].name)
		dst = append(dst, '}')
	}
	return append(dst, "]\n"...)
}
