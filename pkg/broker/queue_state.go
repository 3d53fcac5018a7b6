package broker

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// QueueState is the state of a single queue as the listing has it; absent where nobody knows it. Asked by its name 4.3
// calls a classic queue stopped whose node does not run, which the listing calls down, and 3.10 without statistics
// calls a queue live, which is only to say that it is known.
func (c *Client) QueueState(ctx context.Context, queue record.Value) record.Value {
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
