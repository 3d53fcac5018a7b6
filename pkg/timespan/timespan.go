// Package timespan reads durations as operators write them. It imports nothing of this module.
package timespan

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"
)

const day = 24 * time.Hour

var longUnits = regexp.MustCompile(`^(?:([0-9]+)w)?(?:([0-9]+)d)?(.*)$`)

// Parse reads durations as Go writes them, and also whole weeks and days before the hours: 90s, 1h30m, 30d, 2w, 1d12h.
// A day has 24 hours. A number without a unit is an error, because its unit differs from option to option.
func Parse(text string) (time.Duration, error) {
	parts := longUnits.FindStringSubmatch(text)
	if parts == nil || text == "" {
		return 0, unreadable(text)
	}
	var total time.Duration
	for i, unit := range []time.Duration{7 * day, day} {
		if parts[i+1] == "" {
			continue
		}
		n, err := strconv.ParseInt(parts[i+1], 10, 64)
		if err != nil || n > (math.MaxInt64-int64(total))/int64(unit) {
			return 0, fmt.Errorf("%q is too long", text)
		}
		total += time.Duration(n) * unit
	}
	if parts[3] == "" {
		return total, nil
	}
	rest, err := time.ParseDuration(parts[3])
	switch {
	case err != nil, total > 0 && rest < 0:
		return 0, unreadable(text)
	case rest > math.MaxInt64-total:
		return 0, fmt.Errorf("%q is too long", text)
	}
	return total + rest, nil
}

func unreadable(text string) error {
	return fmt.Errorf("%q is not a length of time such as 90s, 10m or 30d", text)
}
