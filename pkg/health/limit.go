package health

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/timespan"
)

// Limited says how to read the text of a limit. The name of the limit's flag decides this: --max-ready 1000 alerts
// above 1000, and --min-consumers 1 alerts below 1.
type Limited struct {
	// Least means that a plain value is the lowest allowed value; without Least it is the highest.
	Least bool
	// Duration means that a plain value is a time such as 15m, or a number of seconds. Ranges are in seconds.
	Duration bool
}

// Parse reads a limit: "1000" is CRITICAL beyond 1000, "500,1000" is WARNING beyond 500 and CRITICAL beyond 1000,
// "500," is WARNING only. Instead of a plain value, the text may have a range of the Monitoring Plugins guidelines,
// which contains one of the signs ":", "@" and "~". An empty text limits nothing.
func (l Limited) Parse(text string) (Limits, error) {
	if strings.TrimSpace(text) == "" {
		return Limits{}, nil
	}
	warning, critical, both := strings.Cut(text, ",")
	if !both {
		warning, critical = "", text
	}
	var out Limits
	var plain [2]float64
	compare := true
	for i, part := range []string{warning, critical} {
		r, n, isPlain, err := l.bound(strings.TrimSpace(part))
		if err != nil {
			return Limits{}, err
		}
		if i == 0 {
			out.Warning = r
		} else {
			out.Critical = r
		}
		plain[i], compare = n, compare && isPlain
	}
	if out.Warning.IsZero() && out.Critical.IsZero() {
		return Limits{}, fmt.Errorf("%q names no limit", text)
	}
	if compare && (l.Least && plain[0] < plain[1] || !l.Least && plain[0] > plain[1]) {
		return Limits{}, fmt.Errorf("%q would be CRITICAL before WARNING: the first number is the WARNING limit", text)
	}
	return out, nil
}

// bound reads the limit for WARNING or for CRITICAL; an empty text is the zero Range. plain means that the text is a
// plain value, and n is that value.
func (l Limited) bound(text string) (r Range, n float64, plain bool, err error) {
	if text == "" {
		return Range{}, 0, false, nil
	}
	if strings.ContainsAny(text, ":@~") {
		r, err = ParseRange(text)
		return r, 0, false, err
	}
	n, err = strconv.ParseFloat(text, 64)
	example := "1000"
	if l.Duration {
		example = "15m"
		if err != nil {
			var d time.Duration
			d, err = timespan.Parse(text)
			n = d.Seconds()
		}
	}
	if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
		return r, 0, false, fmt.Errorf("%q is neither a limit such as %s nor a range such as 10:20", text, example)
	}
	if l.Least {
		return AtLeast(n), n, true, nil
	}
	return AtMost(n), n, true, nil
}

// words says what the range demands: "at most 1000", "at least 1", otherwise its text. The parameter in is the function
// that formats a figure.
func (r Range) words(in func(float64) string) string {
	switch {
	case r.inside:
	case math.IsInf(r.start, -1) && !math.IsInf(r.end, 1):
		return "at most " + in(r.end)
	case math.IsInf(r.end, 1) && !math.IsInf(r.start, -1):
		return "at least " + in(r.start)
	}
	return "range " + r.text
}

// broken returns the range that raised the alert with status s.
func (l Limits) broken(s Status) Range {
	if s == Critical {
		return l.Critical
	}
	return l.Warning
}

// IsZero reports whether nothing is limited.
func (l Limits) IsZero() bool { return l.Warning.IsZero() && l.Critical.IsZero() }

// Lasting returns a time for people, in its two largest units: "45s", "1m2s", "2h5m", "3d4h".
func Lasting(seconds float64) string {
	if seconds < 0 {
		return "-" + Lasting(-seconds)
	}
	if seconds > 100*365*24*3600 {
		return "centuries"
	}
	units := []struct {
		sign string
		size int64
	}{{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}}
	left, out, parts := int64(math.Round(seconds)), "", 0
	for _, u := range units {
		n := left / u.size
		left %= u.size
		if n > 0 && parts < 2 {
			out += strconv.FormatInt(n, 10) + u.sign
			parts++
		} else if parts > 0 {
			break
		}
	}
	if out == "" {
		return "0s"
	}
	return out
}

// PerSecond returns a rate for people, without its unit: "0.04", "2", "812".
func PerSecond(rate float64) string {
	digits := 0
	switch a := math.Abs(rate); {
	case a < 1:
		digits = 2
	case a < 100:
		digits = 1
	}
	scale := math.Pow10(digits)
	// Adding 0 makes 0 of -0.
	return number(math.Round(rate*scale)/scale + 0)
}
