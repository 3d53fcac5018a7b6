package broker

import (
	"context"
	"net/url"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// overviewObject describes a valid overview, with counts or without. Every user gets the release, so the overview must
// have it.
func overviewObject() wanted { return objectWith("rabbitmq_version") }

// Overview returns an outline of the cluster: versions, totals, listeners, rates.
func (c *Client) Overview(ctx context.Context) (record.Value, error) {
	return c.value(ctx, Path("overview"), nil, overviewObject())
}

// Glimpse returns the overview. If the broker waits too long for another node, Glimpse returns only the part that the
// asked node knows by itself, and whole is false: the node's name, the cluster's name and the releases, without
// listeners. This part comes at once on 3.10 and after 10 s on 4.3 (measured with a frozen node). The caller closes the
// channel silent when it knows that a node does not answer; if the channel is nil, Glimpse finds that out itself.
func (c *Client) Glimpse(ctx context.Context, silent <-chan struct{}) (overview record.Value, whole bool, err error) {
	a := c.AttemptWhole(ctx, Path("overview"), nil)
	defer a.Drop()
	if !a.Within(ctx, beside.Share(ctx, 0.2, rollHeadStart)) {
		part := c.AttemptWhole(ctx, Path("overview"), url.Values{"disable_stats": {"true"}})
		defer part.Drop()
		if silent == nil {
			silent = c.vigil.when(ctx, a.Done())
		}
		select {
		case <-a.Done():
		case <-silent:
		case <-time.After(beside.Share(ctx, 0.9, patienceForRoll)):
		}
		if !a.Over() && part.Within(ctx, beside.Share(ctx, 0.5, attendance)) && part.Err() == nil {
			overview, err = part.object(ctx, overviewObject())
			return overview, false, err
		}
		<-a.Done()
	}
	if a.Err() != nil {
		return nil, false, a.Err()
	}
	overview, err = a.object(ctx, overviewObject())
	return overview, true, err
}

// leastSilence is how long the overview must be missing before the node counts as waiting for another node. The
// overview usually takes some hundredths of a second; after a shorter wait it may just be late.
const leastSilence = 250 * time.Millisecond

// Answers returns the overview. It is nil if the node answers other requests, but waits for another node before it
// sends the overview.
func (c *Client) Answers(ctx context.Context) (record.Value, error) {
	began := time.Now()
	a := c.AttemptWhole(ctx, Path("overview"), nil)
	defer a.Drop()
	if !a.Within(ctx, beside.Share(ctx, 0.2, rollHeadStart)) {
		own := c.AttemptWhole(ctx, Path("whoami"), nil)
		defer own.Drop()
		if !a.Within(ctx, beside.Share(ctx, 0.5, attendance)) && time.Since(began) >= leastSilence && own.Over() &&
			own.Err() == nil {
			if _, err := own.object(ctx, objectWith("name")); err == nil {
				return nil, nil
			}
		}
		<-a.Done()
	}
	if a.Err() != nil {
		return nil, a.Err()
	}
	return a.object(ctx, overviewObject())
}

// Whoami returns the user as whom the broker knows this client, with its tags.
func (c *Client) Whoami(ctx context.Context) (record.Value, error) {
	return c.value(ctx, Path("whoami"), nil, objectWith("name"))
}
