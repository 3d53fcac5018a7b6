package personality

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Like a new node, a new queue has no statistics for some seconds. The official tools ask the queues themselves and
// have their figures at once. A listing here that prints figures from the statistics waits until these exist.

// untoldPatience is how long a listing waits for figures. The function started waits as long for plugins. Queues report
// their figures every five seconds, and the broker gathers the reports every five seconds.
const untoldPatience = 15 * time.Second

// markOfQueues returns the column that shows whether a queue has reported its figures, or "" if the listing shows no
// statistics. The declared properties of a queue and its number of messages are known at once. For most other figures
// the column is memory, because every type of queue reports its memory (3.10, 4.0 and 4.3).
func markOfQueues(columns []record.Column) string {
	mark := ""
	for _, c := range columns {
		switch c.Name {
		case "name", "durable", "auto_delete", "arguments", "exclusive", "type", "state", "messages", "messages_ready",
			"messages_unacknowledged":
		case "consumers":
			mark = "consumers"
		default:
			if c.Missing == "" {
				return "memory"
			}
		}
	}
	return mark
}

// untold tells whether the queue of this row has not reported its figures yet.
func (q *question) untold(values record.Row) bool {
	i := q.at(q.mark)
	if i < 0 || values[i].Known() {
		return false
	}
	if q.stopped(values) {
		return false
	}
	// A queue that is one MQTT client's subscription with QoS 0 never reports figures.
	t := q.at("type")
	return t < 0 || values[t].Text() != "rabbit_mqtt_qos0_queue"
}

// stopped tells whether the queue's virtual host does not run on the queue's node. Such a queue has no figures, and the
// tools print blanks for it (3.10 and 4.3).
func (q *question) stopped(values record.Row) bool {
	s := q.at("state")
	return q.stops && s >= 0 && values[s].Text() == "stopped"
}

// catchUp reads the listing again until all rows have their figures, or until queues without figures have been deleted,
// or until it has waited too long. If rows still lack figures at the end, the listing ends as incomplete.
func (r *run) catchUp(ctx context.Context, client *broker.Client, q *question, held []heldRow) ([]heldRow, error) {
	name := q.at("name")
	for begun := r.app.Now(); ; {
		var late []string
		for _, h := range held {
			if q.untold(h.values) {
				late = append(late, h.values[name].Text())
			}
		}
		if len(late) == 0 {
			return held, nil
		}
		if r.app.Now().Sub(begun) > untoldPatience {
			return held, fail.New(fail.Incomplete, "%s not reported all figures within %s", ofQueues(late), untoldPatience).
				Next("try again, or run %s on the broker's own machine", r.tool)
		}
		over := func() error {
			return fail.New(fail.Incomplete, "%s not reported all figures yet: %w", ofQueues(late), ctx.Err()).
				Next("give it more time with -t SECONDS")
		}
		if r.app.Sleep(ctx, 500*time.Millisecond) != nil {
			return held, over()
		}
		now := map[string]record.Row{}
		for values, err := range ordered(ctx, client, q) {
			if ctx.Err() != nil {
				return held, over()
			}
			if err != nil {
				return held, err
			}
			now[values[name].Text()] = values
		}
		held = slices.DeleteFunc(held, func(h heldRow) bool { return now[h.values[name].Text()] == nil })
		for i, h := range held {
			held[i] = r.row(q, now[h.values[name].Text()])
		}
	}
}

func ofQueues(names []string) string {
	if len(names) == 1 {
		return "queue " + names[0] + " has"
	}
	return "queues " + strings.Join(names[:min(len(names), 3)], ", ") +
		map[bool]string{true: " and others"}[len(names) > 3] + " have"
}
