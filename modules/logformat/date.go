package logformat

import "time"

// Dates are written from their digits: time.Time.AppendFormat costs several times as much, and a cache per second would
// be shared between loops. Connections stay open for long, so the seconds differ from line to line anyway.

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

// appendSecond appends "02/Jan/2006:15:04:05" of the seconds since 1970.
func appendSecond(dst []byte, sec int64) []byte {
	days := sec / 86400
	sec -= days * 86400
	if sec < 0 {
		sec += 86400
		days--
	}
	// Days to a date in the proleptic Gregorian calendar, counted from 1 March of year 0 in eras of 400 years.
	days += 719468
	era := days / 146097
	doe := days - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day := doy - (153*mp+2)/5 + 1
	month := mp + 2 // 0 is January
	year := yoe + era*400
	if month >= 12 {
		month -= 12
		year++
	}
	hour, minute := sec/3600, sec/60%60
	return append(dst,
		digit(day/10), digit(day%10), '/', months[month*3], months[month*3+1], months[month*3+2], '/',
		digit(year/1000%10), digit(year/100%10), digit(year/10%10), digit(year%10), ':',
		digit(hour/10), digit(hour%10), ':', digit(minute/10), digit(minute%10), ':', digit(sec%60/10), digit(sec%60%10))
}

func digit(v int64) byte { return '0' + byte(v) }

// appendDate appends "02/Jan/2006:15:04:05.000" in the local time zone (%t, %tr).
func appendDate(dst []byte, t time.Time) []byte {
	_, offset := t.Zone()
	dst = appendSecond(dst, t.Unix()+int64(offset))
	return appendMillis(append(dst, '.'), t.Nanosecond()/1e6)
}

// appendLocal appends "02/Jan/2006:15:04:05 -0700" in the local time zone (%Tl, %trl).
func appendLocal(dst []byte, t time.Time) []byte {
	_, offset := t.Zone()
	dst = append(appendSecond(dst, t.Unix()+int64(offset)), ' ')
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	h, m := int64(offset/3600), int64(offset/60%60)
	return append(dst, sign, digit(h/10), digit(h%10), digit(m/10), digit(m%10))
}

// appendGMT appends "02/Jan/2006:15:04:05 +0000" (%T, %trg).
func appendGMT(dst []byte, t time.Time) []byte {
	return append(appendSecond(dst, t.Unix()), " +0000"...)
}

func appendMillis(dst []byte, ms int) []byte {
	return append(dst, digit(int64(ms/100)), digit(int64(ms/10%10)), digit(int64(ms%10)))
}
