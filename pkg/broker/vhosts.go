package broker

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// NearBudget bounds the search for a name like the one that is not there.
const NearBudget = 3 * time.Second

// VHosts lists the virtual hosts that the user may see.
func (c *Client) VHosts(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Rows(ctx, Path("vhosts"), OfColumns(columns), columns)
}

// VHost is one virtual host, everything that the API knows of it.
func (c *Client) VHost(ctx context.Context, name string) (record.Value, error) {
	return c.value(ctx, Path("vhosts", name), nil, objectNamed(name))
}

// HasVHost tells whether the virtual host is known to be there. Only an administrator may ask for it by its name; the
// listing tells others (measured on 3.10 and 4.3).
func (c *Client) HasVHost(ctx context.Context, name string) bool {
	_, err := c.VHost(ctx, name)
	if fail.KindOf(err) != fail.Denied {
		return err == nil
	}
	for row, err := range c.VHosts(ctx, []record.Column{{Name: "name"}}) {
		if err == nil && row[0].Text() == name {
			return true
		}
	}
	return false
}

// EnterVHost is nil for a virtual host that is there and open to the user, and else the error that says which of both it
// lacks. Since 4.3 what is in a virtual host without access is answered with 404, as if it were not there, and the tag
// monitoring sees the virtual host itself all the same; so its default exchange is asked for, which cannot be deleted
// (measured on 3.10, 4.0 and 4.3).
func (c *Client) EnterVHost(ctx context.Context, name string) error {
	_, err := c.Exchange(ctx, name, "amq.default")
	if !IsNotFound(err) {
		return err
	}
	var names []string
	ctx, cancel := context.WithTimeout(ctx, NearBudget)
	defer cancel()
	for row, err := range c.VHosts(ctx, []record.Column{{Name: "name"}}) {
		if err != nil {
			break
		}
		names = append(names, row[0].Text())
	}
	if slices.Contains(names, name) {
		return fail.New(fail.Denied, "user %s has no access to virtual host %s on %s", c.Username(), name, c.base).
			Next("rabbitmqctl set_permissions -p %s %s '.*' '.*' '.*' gives it all", fail.Word(name), fail.Word(c.Username()))
	}
	return fail.New(fail.NotFound, "virtual host %s does not exist on %s, or user %s has no access to it%s", name, c.base, c.Username(), fail.DidYouMean(name, names)).
		Next("rabbitctl list_vhosts shows those that do")
}

// SeesNothing tells whether the user has access to no virtual host, so that every listing of what virtual hosts hold
// is empty for it. Each virtual host has exchanges, so a user who sees none has no access; the listing of the virtual
// hosts themselves does not tell, because it shows all of them to the tag monitoring (measured on 3.10).
func (c *Client) SeesNothing(ctx context.Context) (bool, error) {
	name := []record.Column{{Name: "name"}}
	for _, err := range c.Exchanges(ctx, "", name) {
		return false, err
	}
	return true, nil
}
