package broker

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// QueueState is the state of a single queue as the listing has it; absent where nobody knows it. Asked by its name 4.3
// calls a classic queue stopped whose node does not run, which the listing calls down, and 3.10 without statistics
// calls a queue live, which is only to say that it is known. 3.10 calls a replicated queue without a majority running.
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

// WithoutMajority is the state of a replicated queue whose members say more than its state does, else "": 3.10 calls one
// running, or says nothing, that has no majority.
func WithoutMajority(queue record.Value) string {
	members, online := len(queue.At("members").Texts()), len(queue.At("online").Texts())
	switch {
	case queue.At("type").Text() == "classic" || members == 0 || !queue.At("online").Known() || 2*online > members:
		return ""
	case online == 0:
		return "down"
	}
	return "minority"
}
