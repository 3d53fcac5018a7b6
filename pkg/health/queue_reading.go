package health

import (
	"fmt"
	"time"
)

// StatisticsInterval is how often brokers update their statistics by default. Two readings within this time may have
// the same figures.
const StatisticsInterval = 5 * time.Second

// oldestReading is the greatest age of an earlier reading. An older one says nothing about how the queue develops now.
const oldestReading = 3 * time.Hour

// QueueReading says when queues were read, and from which broker and virtual host.
type QueueReading struct {
	Taken time.Time `json:"taken"`
	// Broker is the cluster's name. Scope is the only virtual host that was read, "" for all.
	Broker string `json:"broker"`
	Scope  string `json:"scope"`
}

// Against says why an earlier reading cannot be compared with this one; "" if it can.
func (r QueueReading) Against(earlier QueueReading) string {
	since := r.Taken.Sub(earlier.Taken)
	switch {
	case earlier.Broker != r.Broker:
		return fmt.Sprintf("growth is not known: the last reading is of another broker, %s", earlier.Broker)
	case earlier.Scope != r.Scope && earlier.Scope != "":
		return fmt.Sprintf("growth is not known: the last reading is of virtual host %s only", earlier.Scope)
	case since < 0:
		return "growth is not known: the time of the last reading is in the future, so a clock is wrong"
	case since < StatisticsInterval:
		return fmt.Sprintf(
			"growth is not known: the last reading is only %.1f s old, and brokers renew their figures every 5 s",
			since.Seconds())
	case since > oldestReading:
		return fmt.Sprintf("growth is not known: the last reading is %s old, more than 3h", Lasting(since.Seconds()))
	}
	return ""
}

// Growth returns the number of messages a second by which a queue grew since an earlier reading. held is the number of
// its messages then, and holds is their number now. For a queue that did not exist then, held is 0.
func (r QueueReading) Growth(earlier QueueReading, held, holds Reading) Reading {
	if !held.Known || !holds.Known {
		return Reading{}
	}
	return Reading{Value: (holds.Value - held.Value) / r.Taken.Sub(earlier.Taken).Seconds(), Known: true}
}
