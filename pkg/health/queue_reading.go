package health

import (
	"fmt"
	"time"
)

// StatisticsInterval is how often brokers renew their statistics, by default: two readings that are closer may be one.
const StatisticsInterval = 5 * time.Second

// oldestReading is how old an earlier reading may be. What a queue did since says nothing of what it does.
const oldestReading = 3 * time.Hour

// QueueReading says when queues were read, and whose.
type QueueReading struct {
	Taken time.Time `json:"taken"`
	// Broker is the cluster's name. Scope is the only virtual host that was read, "" for all.
	Broker string `json:"broker"`
	Scope  string `json:"scope"`
}

// Against says why an earlier reading cannot be compared with this one; "" when it can.
func (r QueueReading) Against(earlier QueueReading) string {
	since := r.Taken.Sub(earlier.Taken)
	switch {
	case earlier.Broker != r.Broker:
		return fmt.Sprintf("growth is not known: the last reading is of another broker, %s", earlier.Broker)
	case earlier.Scope != r.Scope && earlier.Scope != "":
		return fmt.Sprintf("growth is not known: the last reading is of virtual host %s only", earlier.Scope)
	case since < 0:
		return "growth is not known: the last reading is of the future, so a clock is wrong"
	case since < StatisticsInterval:
		return fmt.Sprintf(
			"growth is not known: the last reading is only %.1f s old, and brokers renew their figures every 5 s",
			since.Seconds())
	case since > oldestReading:
		return fmt.Sprintf("growth is not known: the last reading is %s old, more than 3h", Lasting(since.Seconds()))
	}
	return ""
}

// Growth is by how many messages a second a queue grew since an earlier reading, when it held so many; a queue that was
// not there then held none.
func (r QueueReading) Growth(earlier QueueReading, held, holds Reading) Reading {
	if !held.Known || !holds.Known {
		return Reading{}
	}
	return Reading{Value: (holds.Value - held.Value) / r.Taken.Sub(earlier.Taken).Seconds(), Known: true}
}
