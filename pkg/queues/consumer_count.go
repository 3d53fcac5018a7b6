package queues

import (
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// DoesNotRun tells whether a queue is listed in this state and does not run, on a node or in a virtual host that is
// down.
func DoesNotRun(state record.Value) bool {
	return slices.Contains([]string{"stopped", "down", "crashed", "terminated"}, state.Text())
}

// ConsumerCount is how many consumers a queue has, as of up to 5 s ago. Its details have a new consumer sooner than the
// count of the statistics, and lose one at once, which that count takes up to 9 s for (measured on 3.10 and 4.3). Users
// without the tag monitoring see everybody's there. Where statistics are switched off there is neither, and of a queue
// that does not run nobody knows it: 4.3 lists no consumers of it then. One whose queue's node was stopped meanwhile 4.3
// keeps in the details for more than a minute, without its channel. As those of some protocols never have a channel,
// the count of the statistics decides about such.
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
