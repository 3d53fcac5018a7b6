package broker

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// QueueState returns the state that the listing shows for a single queue; absent if it is not known. A request for one
// queue gives other states. If the node of a classic queue does not run, 4.3 answers "stopped", while its listing says
// "down". Without statistics 3.10 answers "live", which says only that the queue exists. For a replicated queue without
// a majority 3.10 answers "running".
func (c *Client) QueueState(ctx context.Context, queue record.Value) record.Value {
	if word := WithoutMajority(queue); word != "" {
		return record.Of(word)
	}
	state := queue.At("state")
	switch state.Text() {
	case "live":
		return nil
	case "stopped":
		if _, missing, err := c.Members(ctx); err == nil && slices.Contains(missing, queue.At("node").Text()) {
			return record.Of("down")
		}
	}
	return state
}

// WithoutMajority returns "down" or "minority" for a replicated queue with too few members online, else "". The
// reported state is not enough: for a queue without a majority 3.10 answers "running", or leaves the state out.
func WithoutMajority(queue record.Value) string {
	if queue.At("type").Text() == "classic" || !queue.At("online").Known() {
		return ""
	}
	return MinorityOf(len(queue.At("members").Texts()), len(queue.At("online").Texts()))
}

// MinorityOf returns "down" or "minority" if too few of a queue's members are online, else "".
func MinorityOf(members, online int) string {
	switch {
	case members == 0 || 2*online > members:
		return ""
	case online == 0:
		return "down"
	}
	return "minority"
}
