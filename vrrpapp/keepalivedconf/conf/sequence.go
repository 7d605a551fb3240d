package conf

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// sequence is ~SEQ, ~SEQx or ~LST at the start of a line: the rest of the line, once for each row of values.
type sequence struct {
	names []string
	rows  [][]string
	rest  string
}

var (
	sequenceWord  = regexp.MustCompile(`^~(SEQx?|LST)\(`)
	parameterName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// parseSequence reads a line that begins with a sequenceWord.
func parseSequence(line string, most int) (*sequence, error) {
	kind := sequenceWord.FindStringSubmatch(line)
	if kind == nil {
		return nil, errors.New("neither ~SEQ(...) nor ~LST(...)")
	}
	body := line[len(kind[0]):]
	end := strings.IndexByte(body, ')')
	if end < 0 {
		return nil, fmt.Errorf("~%s(...) does not end", kind[1])
	}
	s := &sequence{rest: trim(body[end+1:])}
	args, err := list(body[:end])
	if err != nil {
		return nil, err
	}
	if len(args) < 2 {
		return nil, fmt.Errorf("~%s(...) needs a name and values", kind[1])
	}
	s.names = args[0]
	for _, name := range s.names {
		if !parameterName.MatchString(name) {
			return nil, fmt.Errorf("~%s(...): '%s' is no name of a parameter", kind[1], name)
		}
	}
	if kind[1] == "LST" {
		s.rows = args[1:]
		for _, row := range s.rows {
			if len(row) != len(s.names) {
				return nil, fmt.Errorf("~LST(...): %d values for %d names", len(row), len(s.names))
			}
		}
		return s, nil
	}
	return s, s.count(args, kind[1] == "SEQx", most)
}

// list splits "a, {b, c}, d" into rows.
func list(text string) (rows [][]string, err error) {
	for text = trim(text); text != ""; {
		var row []string
		item := text
		if text[0] == '{' {
			end := strings.IndexByte(text, '}')
			if end < 0 {
				return nil, errors.New("'}' is missing in a list of values")
			}
			for v := range strings.SplitSeq(text[1:end], ",") {
				row = append(row, trim(v))
			}
			if text = trim(text[end+1:]); text != "" && text[0] != ',' {
				return nil, errors.New("',' is missing in a list of values")
			}
			text = strings.TrimPrefix(text, ",")
		} else {
			item, text, _ = strings.Cut(text, ",")
			row = []string{trim(item)}
		}
		rows = append(rows, row)
		text = trim(text)
	}
	return rows, nil
}

// count makes the rows of ~SEQ(name, start, step, end): start and step may be left out.
func (s *sequence) count(args [][]string, hex bool, most int) error {
	if len(args) > 4 || len(s.names) != 1 {
		return errors.New("~SEQ(name, start, step, end) has one name and one to three numbers")
	}
	var nums []int64
	for _, a := range args[1:] {
		n, err := strconv.ParseInt(strings.Join(a, ","), 0, 32)
		if err != nil {
			return fmt.Errorf("~SEQ(...): '%s' is no number", strings.Join(a, ","))
		}
		nums = append(nums, n)
	}
	end := nums[len(nums)-1]
	start := int64(1)
	if end < 0 {
		start = -1
	}
	if len(nums) > 1 {
		start = nums[0]
	}
	step := int64(1)
	if end < start {
		step = -1
	}
	if len(nums) == 3 {
		step = nums[1]
	}
	if step == 0 || step > 0 && start > end || step < 0 && start < end {
		return fmt.Errorf("~SEQ(...): from %d to %d in steps of %d there is nothing", start, end, step)
	}
	if (end-start)/step >= int64(most) {
		return fmt.Errorf("~SEQ(...): more than %d values", most)
	}
	for n := start; step > 0 && n <= end || step < 0 && n >= end; n += step {
		format := "%d"
		if hex {
			format = "%x"
		}
		s.rows = append(s.rows, []string{fmt.Sprintf(format, n)})
	}
	return nil
}
