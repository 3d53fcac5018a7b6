package health

import (
	"math"
	"strconv"
	"strings"
)

// Reading is a figure as a broker reports it, which need not be a number: "NaN", "unknown" and
// "disk_free_monitoring_disabled" are sent where numbers belong (rabbit_disk_monitor of rabbitmq-server).
type Reading struct {
	Value float64
	// Known means that Value is a number. Otherwise Raw is what the broker sent, "" for nothing.
	Known bool
	Raw   string
}

func (r Reading) absent() bool { return !r.Known && r.Raw == "" }

// Bytes is the reading in decimal units with one digit behind the point, or what the broker sent in quotes.
func (r Reading) Bytes() string {
	switch {
	case r.Known:
		return Bytes(r.Value)
	case r.Raw == "":
		return "nothing"
	}
	return strconv.Quote(r.Raw)
}

// Bytes is a number of bytes for people, in decimal units as rabbitmq.conf reads them: "83.6 GB". It is rounded, as
// tables round.
func Bytes(n float64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	u := 0
	for ; math.Abs(n) >= 999.95 && u < len(units)-1; u++ {
		n /= 1000
	}
	return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0") + " " + units[u]
}
