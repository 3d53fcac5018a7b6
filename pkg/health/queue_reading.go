package health

import (
	"fmt"
	"time"
)

// StatisticsInterval is how often brokers renew their statistics, by default: two readings that are closer may be one.
const StatisticsInterval = 5 * time.Second

// oldestReading is how old an earlier reading may be. What a queue did since says nothing of what it does.
const oldestReading = 3 * time.Hour

// QueueReading is how many messages queues held at one moment.
type QueueReading struct {
	Taken time.Time `json:"taken"`
	// Broker is the cluster's name. Scope is the only virtual host that was read, "" for all.
	Broker string `json:"broker"`
	Scope  string `json:"scope"`
	// Messages are by virtual host and name. A queue whose count was not known has none.
	Messages map[string]map[string]float64 `json:"messages"`
	// Untold are the queues whose count was not known.
	Untold map[string][]string `json:"untold,omitempty"`
}

// ReadQueues makes a reading of all queues in a scope.
func ReadQueues(taken time.Time, broker, scope string, all []Queue) QueueReading {
	r := QueueReading{Taken: taken, Broker: broker, Scope: scope, Messages: map[string]map[string]float64{}}
	for _, q := range all {
		if !q.Messages.Known {
			if r.Untold == nil {
				r.Untold = map[string][]string{}
			}
			r.Untold[q.VHost] = append(r.Untold[q.VHost], q.Name)
			continue
		}
		if r.Messages[q.VHost] == nil {
			r.Messages[q.VHost] = map[string]float64{}
		}
		r.Messages[q.VHost][q.Name] = q.Messages.Value
	}
	return r
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
		return fmt.Sprintf("growth is not known: the last reading is only %.1f s old, and brokers renew their figures every 5 s", since.Seconds())
	case since > oldestReading:
		return fmt.Sprintf("growth is not known: the last reading is %s old, more than 3h", Lasting(since.Seconds()))
	}
	return ""
}

// Growth fills in by how many messages a second each queue grew since the earlier reading. A queue that was not there
// then held nothing.
func (r QueueReading) Growth(earlier QueueReading, all []Queue) {
	untold := map[[2]string]bool{}
	for vhost, names := range earlier.Untold {
		for _, n := range names {
			untold[[2]string{vhost, n}] = true
		}
	}
	seconds := r.Taken.Sub(earlier.Taken).Seconds()
	for i, q := range all {
		if !q.Messages.Known || untold[[2]string{q.VHost, q.Name}] {
			continue
		}
		all[i].Growth = Reading{Value: (q.Messages.Value - earlier.Messages[q.VHost][q.Name]) / seconds, Known: true}
	}
}
