package cfg

import (
	"errors"
	"strings"
	"time"
)

// Duration reads the next word as a time (see ParseDuration). What names the setting in messages ("timeout client").
func (d *Dispenser) Duration(what string, defaultUnit time.Duration) (time.Duration, error) {
	if !d.Next() {
		return 0, d.Errf("'%s' expects an integer value (in %s)", what, unitName(defaultUnit))
	}
	v, err := ParseDuration(d.Val(), defaultUnit)
	var flaw *UnitError
	if !errors.As(err, &flaw) {
		return v, err
	}
	switch flaw.Kind {
	case TrailingChar:
		d.Warnf("'%s' : %s: '%s' is read as %s.", what, flaw, d.Val(), v)
		return v, nil
	case Overflow:
		return 0, d.Errf("timer overflow in argument '%s' to '%s' (maximum value is %s)", d.Val(), what, flaw.Limit)
	}
	return 0, d.Errf("%s in '%s'", flaw, what)
}

func unitName(unit time.Duration) string {
	switch unit {
	case time.Microsecond:
		return "microseconds"
	case time.Millisecond:
		return "milliseconds"
	case time.Second:
		return "seconds"
	}
	return "units of " + unit.String()
}

// Size reads the next word as a size (see ParseSize).
func (d *Dispenser) Size(what string) (int64, error) {
	if !d.Next() {
		return 0, d.Errf("'%s' expects a size as argument.", what)
	}
	n, err := ParseSize(d.Val())
	if err != nil {
		return 0, d.Errf("%s in argument of '%s'.", err, what)
	}
	return n, nil
}

// Int reads the next word as HAProxy's lenient keywords do (see LeadingInt): what follows the number is ignored, with a
// warning. Use ParseInt for the keywords that refuse it.
func (d *Dispenser) Int(what string) (int64, error) {
	if !d.Next() {
		return 0, d.Errf("'%s' expects an integer argument.", what)
	}
	n, rest := LeadingInt(d.Val())
	if rest != "" {
		d.Warnf("'%s' : '%s' is no integer; it is read as %d.", what, d.Val(), n)
	}
	return n, nil
}

// OnOff reads the next word, which must be on or off.
func (d *Dispenser) OnOff(what string) (bool, error) {
	d.Next()
	v, err := ParseOnOff(d.Val())
	if err != nil {
		return false, d.Errf("'%s' %s.", what, err)
	}
	return v, nil
}

// OneOf reads the next word, which must be one of the given ones.
func (d *Dispenser) OneOf(what string, words ...string) (string, error) {
	if !d.Next() {
		return "", d.Errf("'%s' expects one of '%s'.", what, strings.Join(words, "', '"))
	}
	for _, w := range words {
		if w == d.Val() {
			return w, nil
		}
	}
	return "", d.Unknown(what, words)
}
