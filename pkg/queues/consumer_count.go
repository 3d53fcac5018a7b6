package queues

import (
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// DoesNotRun tells whether a queue in this state is listed but does not run, because its node or its virtual host is
// down, or its process has ended.
func DoesNotRun(state record.Value) bool {
	return slices.Contains([]string{"stopped", "down", "crashed", "terminated"}, state.Text())
}

// ConsumerCount returns how many consumers a queue has, as of up to 5 s ago. It reads the number from the queue's
// consumer_details. The details show a new consumer earlier than the count in the statistics does. A cancelled consumer
// disappears from the details at once, but from that count only after up to 9 s (measured on 3.10 and 4.3). The details
// show all consumers also to users without the tag monitoring. If statistics are switched off, there are neither
// details nor a count. If the queue does not run, the number is unknown: 4.3 then lists no consumers of the queue. If
// the queue's node was stopped meanwhile, 4.3 keeps the queue's consumers in the details for more than a minute,
// without their channels. Consumers of some protocols never have a channel, so for consumers without a channel the
// count in the statistics decides.
func ConsumerCount(raw, state record.Value) record.Value {
	if DoesNotRun(state) {
		return nil
	}
	details := raw.At("consumer_details")
	if !details.Known() {
		return raw.At("consumers")
	}
	sure, unsure := int64(0), int64(0)
	details.Each(func(one record.Value) {
		if one.At("channel_details.name").Known() {
			sure++
		} else {
			unsure++
		}
	})
	if counted, known := raw.At("consumers").Int(); known {
		unsure = min(unsure, max(0, counted-sure))
	}
	return record.Of(sure + unsure)
}
