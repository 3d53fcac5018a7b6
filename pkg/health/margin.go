package health

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
)

// Margin is the amount of free space that is enough: a multiple of the alarm's limit ("2x"), or a number of bytes
// ("20GB").
type Margin struct {
	times float64
	bytes float64
	text  string
}

// ParseMargin reads a margin. Sizes are decimal, as in rabbitmq.conf: 20GB is 20,000,000,000 bytes, 20GiB are
// 21,474,836,480.
func ParseMargin(text string) (Margin, error) {
	trimmed := strings.TrimSpace(text)
	if number, ok := strings.CutSuffix(strings.ToLower(trimmed), "x"); ok {
		times, err := strconv.ParseFloat(number, 64)
		if err != nil || times <= 0 || math.IsInf(times, 0) || math.IsNaN(times) {
			return Margin{}, fmt.Errorf("%q is not a multiple such as 2x", text)
		}
		return Margin{times: times, text: trimmed}, nil
	}
	if bare, err := strconv.ParseFloat(trimmed, 64); err == nil && bare < 1e6 {
		// A bare small number is a mistake: a margin of a few bytes would never alert.
		return Margin{}, fmt.Errorf("%q is neither a multiple of the limit (%sx) nor a size (%sGB)", text, trimmed, trimmed)
	}
	n, err := humanize.ParseBytes(trimmed)
	if err != nil {
		return Margin{}, fmt.Errorf("%q is neither a multiple of the limit such as 2x nor a size such as 20GB", text)
	}
	return Margin{bytes: float64(n), text: trimmed}, nil
}

// IsZero reports whether there is no margin to keep.
func (m Margin) IsZero() bool { return m.times == 0 && m.bytes == 0 }

// Of returns the number of bytes that must be free if the alarm is at the given limit.
func (m Margin) Of(limit float64) float64 {
	if m.times > 0 {
		return m.times * limit
	}
	return m.bytes
}

// Beyond reports whether m demands more free space than n at every limit; false if that depends on the limit, or if m
// or n is not judged.
func (m Margin) Beyond(n Margin) bool {
	return m.times > 0 && n.times > 0 && m.times > n.times || m.bytes > 0 && n.bytes > 0 && m.bytes > n.bytes
}

func (m Margin) String() string { return m.text }

// atLeast returns the range for figures that must not fall below n, in the guidelines' syntax.
func atLeast(n float64) string { return strconv.FormatFloat(math.Round(n), 'f', -1, 64) + ":" }
