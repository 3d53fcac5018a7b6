package health

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Range is a threshold in the syntax of the Monitoring Plugins guidelines: "10" alerts below 0 and above 10, "10:"
// below 10, "~:10" above 10, "10:20" outside of 10 to 20, "@10:20" inside of it. Both ends belong to the range. The
// zero Range alerts never.
type Range struct {
	start, end float64
	inside     bool
	text       string
}

// ParseRange reads a range. An empty text is the zero Range.
func ParseRange(text string) (Range, error) {
	r := Range{end: math.Inf(1), text: strings.TrimSpace(text)}
	if r.text == "" {
		return Range{}, nil
	}
	rest, inside := strings.CutPrefix(r.text, "@")
	r.inside = inside
	low, high, both := strings.Cut(rest, ":")
	if !both {
		low, high = "0", rest
	}
	var err error
	switch {
	case low == "~":
		r.start = math.Inf(-1)
	case low != "":
		if r.start, err = bound(low); err != nil {
			return Range{}, rangeError(text)
		}
	}
	if high != "" {
		if r.end, err = bound(high); err != nil {
			return Range{}, rangeError(text)
		}
	} else if !both {
		return Range{}, rangeError(text)
	}
	if r.start > r.end {
		return Range{}, fmt.Errorf("%q begins above its end", text)
	}
	r.text = r.canonical(both)
	return r, nil
}

// canonical returns the range in the form that strict readers of performance data accept: numbers without exponent or
// plus sign.
func (r Range) canonical(both bool) string {
	var b strings.Builder
	if r.inside {
		b.WriteByte('@')
	}
	switch {
	case math.IsInf(r.start, -1):
		b.WriteString("~:")
	case both:
		b.WriteString(number(r.start) + ":")
	}
	if !math.IsInf(r.end, 1) {
		b.WriteString(number(r.end))
	}
	return b.String()
}

// bound reads a decimal number. It refuses hexadecimal, infinity and underscores, which ParseFloat would accept.
func bound(text string) (float64, error) {
	if strings.Trim(text, "+-.0123456789eE") != "" {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseFloat(text, 64)
	// Adding 0 turns -0 into 0, so that no range shows the sign.
	return n + 0, err
}

func rangeError(text string) error {
	return fmt.Errorf("%q is not a range such as 10, 10:, ~:10, 10:20 or @10:20", text)
}

// AtLeast returns the range that alerts below n.
func AtLeast(n float64) Range { return Range{start: n, end: math.Inf(1), text: number(n) + ":"} }

// AtMost returns the range that alerts above n, and never below.
func AtMost(n float64) Range {
	return Range{start: math.Inf(-1), end: n, text: "~:" + number(n)}
}

// IsZero reports whether this is the zero Range, which never alerts.
func (r Range) IsZero() bool { return r.text == "" }

// Alerts reports whether the value raises an alert. NaN counts as outside of every range: it alerts unless the range
// begins with @.
func (r Range) Alerts(value float64) bool {
	if r.IsZero() {
		return false
	}
	within := value >= r.start && value <= r.end
	return within == r.inside
}

// String returns the range for performance data.
func (r Range) String() string { return r.text }

// Limits holds the two thresholds of one figure; a zero Range is not judged.
type Limits struct{ Warning, Critical Range }

// Judge returns the verdict on a value.
func (l Limits) Judge(value float64) Status {
	switch {
	case l.Critical.Alerts(value):
		return Critical
	case l.Warning.Alerts(value):
		return Warning
	}
	return OK
}

// Figure makes the figure of a value with these limits.
func (l Limits) Figure(label string, value float64, unit string) Figure {
	return Figure{Label: label, Value: value, Unit: unit, Warning: l.Warning.String(), Critical: l.Critical.String()}
}
