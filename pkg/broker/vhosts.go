package broker

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// NearBudget is the longest time for a request that only improves an error: for the existing names, or for the user's
// tags.
const NearBudget = 3 * time.Second

// VHosts lists the virtual hosts that the user may see.
func (c *Client) VHosts(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.readable(ctx, "vhosts", Path("vhosts"), c.Rows(ctx, Path("vhosts"), OfColumns(columns), columns))
}

// VHost returns one virtual host, with everything that the API reports of it.
func (c *Client) VHost(ctx context.Context, name string) (record.Value, error) {
	return c.value(ctx, Path("vhosts", name), nil, objectNamed(name))
}

// HasVHost reports whether the virtual host exists, as far as the user may know. Only an administrator may ask for a
// virtual host by name; other users find it in the listing (measured on 3.10 and 4.3).
func (c *Client) HasVHost(ctx context.Context, name string) bool {
	_, err := c.VHost(ctx, name)
	if fail.KindOf(err) != fail.Denied {
		return err == nil
	}
	names, _ := record.Texts(c.VHosts(ctx, record.Named("name")))
	return slices.Contains(names, name)
}

// EnterVHost returns nil if the virtual host exists and the user has access to it. Otherwise the error says which of
// the two is missing, as far as that is known. Since 4.3 the broker answers 404 for objects in a virtual host to which
// the user has no access, though a user with the tag monitoring still sees the virtual host itself. So EnterVHost asks
// for the default exchange, which cannot be deleted (measured on 3.10, 4.0 and 4.3).
func (c *Client) EnterVHost(ctx context.Context, name string) error {
	_, err := c.Exchange(ctx, name, "amq.default")
	if !IsNotFound(err) {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, NearBudget)
	defer cancel()
	names, _ := record.Texts(c.VHosts(ctx, record.Named("name")))
	if slices.Contains(names, name) {
		return fail.New(fail.Denied, "user %s has no access to virtual host %s on %s", c.Username(), name, c.base).
			Do(fail.GiveAccess, name, c.Username())
	}
	return fail.New(fail.NotFound, "virtual host %s does not exist on %s, or user %s has no access to it%s", name, c.base,
		c.Username(), fail.DidYouMean(name, names)).
		Do(fail.SeeVHosts)
}

// SeesNothing reports whether the user has access to no virtual host, so that every listing of their objects is empty.
// Each virtual host has exchanges, so a user who sees no exchange has no access. The listing of virtual hosts does not
// show this, because a user with the tag monitoring sees all of them there (measured on 3.10).
func (c *Client) SeesNothing(ctx context.Context) (bool, error) {
	name := []record.Column{{Name: "name"}}
	for _, err := range c.Exchanges(ctx, "", name) {
		return false, err
	}
	return true, nil
}
