package broker

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// unlistable is the cause of an error about a virtual host that cannot be listed because a name in it is not UTF-8. Such
// queues and exchanges can be declared on every release. 4.3 then answers their listings, and those of all virtual
// hosts, with status 500 if names are asked for; 3.10 sends the bytes (measured on both).
type unlistable struct{ vhost string }

func (m unlistable) Error() string { return "a name is not UTF-8" }

// nameless is a member that the listing has beside names, for the collections where names that are not UTF-8 were seen.
func nameless(collection string) string {
	return map[string]string{"queues": "type", "exchanges": "type", "bindings": "destination_type"}[collection]
}

// failsAtNames reports whether the listing failed because of names: then it succeeds without them. vhost is "" for all.
func (c *Client) failsAtNames(ctx context.Context, collection, vhost string, err error) bool {
	member := nameless(collection)
	if member == "" || Status(err) != http.StatusInternalServerError {
		return false
	}
	columns := []record.Column{{Name: member}}
	resp, err := c.get(ctx, narrowedTo(collection, vhost), WithoutTotals(OfColumns(columns)))
	if err != nil {
		return false
	}
	for _, err := range c.rowsOf(ctx, resp, columns) {
		return err == nil
	}
	return false
}

// BlameNames returns the error that names are the reason for a failed listing of a virtual host, if they are.
func (c *Client) BlameNames(ctx context.Context, collection, vhost string, err error) error {
	if !c.failsAtNames(ctx, collection, vhost, err) {
		return err
	}
	e := notUTF8([]string{vhost}, collection, c.base)
	e.Err = unlistable{vhost}
	return e
}

func notUTF8(vhosts []string, collection, base string) *fail.Error {
	which := "virtual host " + vhosts[0]
	if len(vhosts) > 1 {
		which = "virtual hosts " + strings.Join(vhosts, ", ")
	}
	return fail.New(fail.Incomplete,
		"the %s of %s cannot be listed: a name there is not UTF-8, and this release of %s fails at it (status 500)",
		collection, which, base).
		Do(fail.FindName)
}

// HostByHost lists all virtual hosts one by one where their common listing has failed at a name in one of them, and
// ends with an error that says which were left out.
func (c *Client) HostByHost(ctx context.Context, collection string, err error,
	one func(vhost string) iter.Seq2[record.Row, error]) iter.Seq2[record.Row, error] {
	if !c.failsAtNames(ctx, collection, "", err) {
		return record.Failing(err)
	}
	return func(yield func(record.Row, error) bool) {
		var left []string
		for vhost, err := range record.EachText(c.VHosts(ctx, record.Named("name"))) {
			if err != nil {
				yield(nil, fmt.Errorf("which virtual hosts there are: %w", err))
				return
			}
			for row, err := range one(vhost) {
				if errors.As(err, &unlistable{}) {
					left = append(left, vhost)
					break
				}
				if kind := fail.KindOf(err); kind == fail.Denied || kind == fail.NotFound {
					// The common listing also leaves out virtual hosts that the user has no access to.
					break
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
		if len(left) > 0 {
			yield(nil, notUTF8(left, collection, c.base))
		}
	}
}

// Listed lists a collection of one virtual host, or of all if vhost is "", and leaves out virtual hosts that cannot be
// listed.
func (c *Client) Listed(ctx context.Context, collection, vhost string,
	rows func(path string) iter.Seq2[record.Row, error]) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		began := false
		for row, err := range rows(narrowedTo(collection, vhost)) {
			if err != nil && !began {
				if vhost != "" {
					yield(nil, c.BlameNames(ctx, collection, vhost, err))
					return
				}
				c.HostByHost(ctx, collection, err, func(vhost string) iter.Seq2[record.Row, error] {
					return c.Listed(ctx, collection, vhost, rows)
				})(yield)
				return
			}
			began = true
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
