package broker

import (
	"context"
	"net/url"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// overviewObject is an overview, with its counts or without: the release is told to every user.
func overviewObject() wanted { return objectWith("rabbitmq_version") }

// Overview is the cluster at a glance: versions, totals, listeners, rates.
func (c *Client) Overview(ctx context.Context) (record.Value, error) {
	return c.value(ctx, Path("overview"), nil, overviewObject())
}

// Glimpse is the overview, or what the asked node knows of it by itself where another node is waited for too long: its name,
// the cluster's and the releases, and no listeners. It comes at once on 3.10 and after 10 s on 4.3 (measured with a node
// frozen). whole tells which it is. silent is closed once it is known that a node does not answer.
func (c *Client) Glimpse(ctx context.Context, silent <-chan struct{}) (overview record.Value, whole bool, err error) {
	a := c.attempt(ctx, Path("overview"), nil)
	defer a.drop()
	if !a.within(ctx, share(ctx, 0.2, rollHeadStart)) {
		part := c.attempt(ctx, Path("overview"), url.Values{"disable_stats": {"true"}})
		defer part.drop()
		select {
		case <-a.done:
		case <-silent:
		case <-time.After(share(ctx, 0.9, patienceForRoll)):
		}
		if !a.answered() && part.within(ctx, share(ctx, 0.5, attendance)) && part.err == nil {
			overview, err = c.read(ctx, part.value, overviewObject())
			return overview, false, err
		}
		<-a.done
	}
	if a.err != nil {
		return nil, false, a.err
	}
	overview, err = c.read(ctx, a.value, overviewObject())
	return overview, true, err
}

// Answers is the overview; nil where the node answers, but waits for another one with that.
func (c *Client) Answers(ctx context.Context) (record.Value, error) {
	a := c.attempt(ctx, Path("overview"), nil)
	defer a.drop()
	if !a.within(ctx, share(ctx, 0.2, rollHeadStart)) {
		own := c.attempt(ctx, Path("whoami"), nil)
		defer own.drop()
		if !a.within(ctx, share(ctx, 0.5, attendance)) && own.answered() && own.err == nil {
			if _, err := c.read(ctx, own.value, objectWith("name")); err == nil {
				return nil, nil
			}
		}
		<-a.done
	}
	if a.err != nil {
		return nil, a.err
	}
	return c.read(ctx, a.value, overviewObject())
}

// Whoami is the user that the broker takes us for, with its tags.
func (c *Client) Whoami(ctx context.Context) (record.Value, error) {
	return c.value(ctx, Path("whoami"), nil, objectWith("name"))
}
