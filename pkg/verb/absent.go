package verb

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Explain says of a 404 under -p that it is the virtual host that is missing, where it is.
func Explain(ctx context.Context, c *broker.Client, err error, vhost string) error {
	if vhost == "" || !broker.IsNotFound(err) {
		return err
	}
	if shut := c.EnterVHost(ctx, vhost); shut != nil {
		return shut
	}
	return err
}

// Absent says of a 404 that the thing is not there, or that its virtual host is not, and names the nearest that is
// there. Any other error it returns as it is. vhost is "" for a thing that belongs to none; of is what lists them all.
func Absent(ctx context.Context, c *broker.Client, err error, what, vhost, name string, of Arg) error {
	if !broker.IsNotFound(err) {
		return err
	}
	place := ""
	if vhost != "" {
		if err := c.EnterVHost(ctx, vhost); err != nil {
			return err
		}
		place = " in virtual host " + vhost
	}
	near := ""
	if of.Complete != nil {
		ctx, cancel := context.WithTimeout(ctx, broker.NearBudget)
		defer cancel()
		if names, err := of.Complete(ctx, c, vhost); err == nil {
			near = fail.DidYouMean(name, names)
		}
	}
	e := fail.New(fail.NotFound, "%s %s does not exist%s on %s%s", what, name, place, c.BaseURL(), near).
		Next("rabbitctl list_%ss shows those that do", strings.Replace(what, "virtual host", "vhost", 1))
	e.Err = err
	return e
}
