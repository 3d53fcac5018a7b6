package health

import (
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
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

// Bytes is the reading in decimal units with one digit behind the point; for a reading that is no number, what the
// broker sent, in quotes.
func (r Reading) Bytes() string {
	switch {
	case r.Known:
		return prose.Bytes(r.Value)
	case r.Raw == "":
		return "nothing"
	}
	return strconv.Quote(r.Raw)
}
