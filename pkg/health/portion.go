package health

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
)

// Portion says how much of a resource may be in use: a share of its limit ("80%"), or an amount ("3GB", "15000"). The
// zero Portion is not judged.
type Portion struct {
	share  float64
	amount float64
	text   string
}

// ParsePortion reads a portion; "0" switches it off. Sizes are decimal, as in rabbitmq.conf.
func ParsePortion(text string) (Portion, error) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "0" {
		return Portion{}, nil
	}
	if number, ok := strings.CutSuffix(trimmed, "%"); ok {
		share, err := strconv.ParseFloat(number, 64)
		if err != nil || !(share > 0) || math.IsInf(share, 0) {
			return Portion{}, fmt.Errorf("%q is not a share such as 80%%", text)
		}
		if share > 100 {
			return Portion{}, fmt.Errorf("%q is above 100%%, the largest share", text)
		}
		return Portion{share: share / 100, text: trimmed}, nil
	}
	n, err := humanize.ParseBytes(trimmed)
	if err != nil || n == 0 {
		return Portion{}, fmt.Errorf("%q is neither a share such as 80%% nor an amount such as 3GB or 15000", text)
	}
	return Portion{amount: float64(n), text: trimmed}, nil
}

// IsZero reports whether there is nothing to judge.
func (p Portion) IsZero() bool { return p.share == 0 && p.amount == 0 }

// Of returns how much of a resource with this limit may be in use.
func (p Portion) Of(limit float64) float64 {
	if p.share > 0 {
		return p.share * limit
	}
	return p.amount
}

// Beyond reports whether p allows more than q at every limit; false if that depends on the limit, or if p or q is not
// judged.
func (p Portion) Beyond(q Portion) bool {
	return p.share > 0 && q.share > 0 && p.share > q.share || p.amount > 0 && q.amount > 0 && p.amount > q.amount
}

// whole rounds down what the method Of returns. That changes no verdict on a count, which is a whole number. The small
// factor corrects shares that have no exact binary form.
func (p Portion) whole(limit float64) float64 { return math.Floor(p.Of(limit) * (1 + 1e-12)) }

func (p Portion) String() string { return p.text }

// Portions holds the two thresholds for the use of a resource.
type Portions struct{ Warning, Critical Portion }

// Limits returns the thresholds for a resource whose limit is known.
func (p Portions) Limits(limit float64) Limits {
	var l Limits
	if !p.Warning.IsZero() {
		l.Warning = AtMost(p.Warning.whole(limit))
	}
	if !p.Critical.IsZero() {
		l.Critical = AtMost(p.Critical.whole(limit))
	}
	return l
}

// percent returns a share for people, rounded down to a whole number: 99.6 % must never look like 100 %.
func percent(used, total float64) string { return strconv.Itoa(int(math.Floor(100*used/total))) + "%" }
