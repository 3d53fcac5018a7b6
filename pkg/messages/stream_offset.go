package messages

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Offset is where reading a stream begins. As in AMQP 0-9-1, it is a word, a number, an interval or a time. The zero
// Offset is the first message.
type Offset struct{ value any }

// OffsetWords returns the words that an offset can be.
func OffsetWords() []string { return []string{"first", "last", "next"} }

// interval matches a length of time in the form that the broker reads: a number and Y for years, M for months, D for
// days, h, m or s.
var interval = regexp.MustCompile(`^[0-9]+[YMDhms]$`)

// ParseOffset reads an offset as a person writes it. It refuses an interval that the broker does not know: for such an
// interval the broker would close the channel, with an error that speaks of a config.
func ParseOffset(text string) (Offset, error) {
	if text == "" {
		return Offset{}, nil
	}
	if slices.Contains(OffsetWords(), text) || interval.MatchString(text) {
		return Offset{text}, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
		return Offset{n}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return Offset{at}, nil
		}
	}
	return Offset{}, fail.Usagef("%q is not a place in a stream", text).
		Next("say first, last, next, a number, an interval such as 1h, 7D or 30m, or a time such as 2026-03-04T05:06:07Z")
}

// argument returns the offset as the value of the consumer's argument x-stream-offset.
func (o Offset) argument() any {
	if o.value == nil {
		return "first"
	}
	return o.value
}

// later reports whether the offset can be after the last message without being a number: next, an interval or a time.
// For a number it returns false, because the method Next compares a number with the last offset.
func (o Offset) later() bool {
	switch v := o.value.(type) {
	case string:
		return v != "first" && v != "last"
	case time.Time:
		return true
	}
	return false
}
