package render

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// shown is the text of a cell in the table format, without control characters; "-" for an unknown value. A table in a
// pipe is for people, so numbers have units there too. Programs have tsv, csv and json.
func shown(kind record.Kind, v record.Value, o Options) string {
	if !v.Known() {
		return "-"
	}
	if f, ok := v.Number(); ok {
		if s := withUnit(kind, f, o.Zone); s != "" {
			return s
		}
	}
	if kind == record.Map && (v[0] == '{' || string(v) == "[]") {
		return showEdges(Escape(string(appendPairs(nil, v))))
	}
	return showEdges(Escape(string(appendPlain(nil, kind, v))))
}

// withUnit is the number as a person reads it, or "" for a kind that is read as it is.
func withUnit(kind record.Kind, f float64, zone *time.Location) string {
	switch kind {
	case record.Bytes:
		return humanBytes(f)
	case record.ByteRate:
		return humanBytes(f) + "/s"
	case record.Rate:
		return rounded(f) + "/s"
	case record.Ratio:
		return rounded(100*f) + "%"
	case record.Seconds:
		return humanDuration(1000 * f)
	case record.Millis:
		return humanDuration(f)
	case record.Timestamp:
		if zone == nil {
			zone = time.Local
		}
		if math.Abs(f) > 253402300799999 {
			return ""
		}
		return time.UnixMilli(int64(f)).In(zone).Format("2006-01-02T15:04:05Z07:00")
	}
	return ""
}

// humanBytes is in units of 1000, as the broker reads and writes sizes.
func humanBytes(f float64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	u := 0
	for math.Abs(f) >= 999.95 && u < len(units)-1 {
		f /= 1000
		u++
	}
	return rounded(f) + " " + units[u]
}

// rounded has one decimal, unless that is 0 or the number has four digits before it.
func rounded(f float64) string {
	if math.Abs(f) >= 999.95 {
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}

// humanDuration names the two largest units: 3d4h, 5m12s, 4s, 850ms. A part of 0 is left out.
func humanDuration(millis float64) string {
	sign := ""
	if millis < 0 {
		sign, millis = "-", -millis
	}
	if millis < 1000 {
		if millis == 0 {
			return "0s"
		}
		return sign + rounded(millis) + "ms"
	}
	s := math.Floor(millis / 1000)
	for _, u := range []struct {
		size, below float64
		name, sub   string
	}{{86400, 3600, "d", "h"}, {3600, 60, "h", "m"}, {60, 1, "m", "s"}} {
		if s < u.size {
			continue
		}
		text := sign + strconv.FormatFloat(math.Floor(s/u.size), 'f', 0, 64) + u.name
		if part := math.Floor(math.Mod(s, u.size) / u.below); part > 0 {
			text += strconv.FormatFloat(part, 'f', 0, 64) + u.sub
		}
		return text
	}
	return sign + strconv.FormatFloat(s, 'f', 0, 64) + "s"
}
