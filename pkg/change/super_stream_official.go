package change

import (
	"regexp"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// officialArgument parses an argument of partitions as rabbitmq-streams does. That tool accepts ages as ISO 8601
// durations.
func officialArgument(key, text string) (any, error) {
	known, _ := topology.Find(key)
	if known.Kind != topology.MaxAge {
		known.Words = nil // the official tool checks these words itself, and accepts others
		return known.Parse(text)
	}
	seconds, ok := ISOSeconds(text)
	if !ok {
		return nil, fail.Usagef("%s must be an ISO 8601 duration, not %q", key, text)
	}
	return strconv.FormatInt(seconds, 10) + "s", nil
}

// OfficialSize reports whether rabbitmq-streams accepts a text as a size, such as 20gb.
func OfficialSize(text string) bool {
	return regexp.MustCompile(`(?i)^\d{1,15}([kmg](i?b)?|[tp]i?b)?$`).MatchString(text)
}

// ISOSeconds parses an ISO 8601 duration, such as P5DT8H, as rabbitmq-streams does: a year has 365 days, a month 30.
func ISOSeconds(text string) (seconds int64, ok bool) {
	const number = `(?:(\d{1,9})`
	parts := regexp.MustCompile("^P" + number + "Y)?" + number + "M)?" + number + "D)?(?:T" + number + "H)?" + number +
		"M)?" + number + "S)?)?$").FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	const day = 24 * 60 * 60
	for i, unit := range []int64{365 * day, 30 * day, day, 60 * 60, 60, 1} {
		n, err := strconv.ParseInt("0"+parts[i+1], 10, 64)
		if err != nil {
			return 0, false
		}
		seconds += n * unit
	}
	return seconds, true
}
