package render

import (
	"math"
	"strconv"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// shown returns the text of a cell in the table format, without control characters, and "-" for an unknown value. A
// table in a pipe is for people, so numbers have units there too. Programs have tsv, csv and json.
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

// withUnit returns the number with its unit, as a person reads it. It returns "" for a kind whose numbers have no unit.
func withUnit(kind record.Kind, f float64, zone *time.Location) string {
	switch kind {
	case record.Bytes:
		return prose.Bytes(f)
	case record.ByteRate:
		return prose.Bytes(f) + "/s"
	case record.Rate:
		return prose.Rounded(f) + "/s"
	case record.Ratio:
		return prose.Rounded(100*f) + "%"
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

// humanDuration writes a duration in its two largest units: 3d4h, 5m12s, 4s, 850ms. It leaves out a unit with the
// number 0.
func humanDuration(millis float64) string {
	sign := ""
	if millis < 0 {
		sign, millis = "-", -millis
	}
	if millis < 1000 {
		if millis == 0 {
			return "0s"
		}
		return sign + prose.Rounded(millis) + "ms"
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
