package health

import (
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Reading is a figure as a broker reports it. It need not be a number: brokers send "NaN", "unknown" and
// "disk_free_monitoring_disabled" in the place of numbers (rabbit_disk_monitor of rabbitmq-server).
type Reading struct {
	Value float64
	// Known means that Value is a number. Otherwise Raw is what the broker sent; "" if it sent nothing.
	Known bool
	Raw   string
}

func (r Reading) absent() bool { return !r.Known && r.Raw == "" }

// Bytes returns the reading in decimal units with one digit after the point. For a reading that is not a number, it
// returns what the broker sent, in quotes; if it sent nothing, the word nothing.
func (r Reading) Bytes() string {
	switch {
	case r.Known:
		return prose.Bytes(r.Value)
	case r.Raw == "":
		return "nothing"
	}
	return strconv.Quote(r.Raw)
}
