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

// unlistable is the cause of an error about a virtual host that cannot be listed because a name in it is not UTF-8. On
// every release, queues, exchanges, users, virtual hosts, policies and parameters can have such names. 4.3 then answers
// their listings, and those of all virtual hosts, with status 500 if names are asked for; 3.10 sends the bytes
// (measured on both).
type unlistable struct{ vhost string }

func (m unlistable) Error() string { return "a name is not UTF-8" }

// nameless returns a member of the listing that is not a name, for each collection that can hold names that are not
// UTF-8: names of its own objects, or of a user, a virtual host or a queue. The listing of virtual hosts fails with
// every member, so listsWithout treats it differently, and needs only a result other than "". For other collections
// nameless returns "".
func nameless(collection string) string {
	return map[string]string{"queues": "type", "exchanges": "type", "bindings": "destination_type", "users": "tags",
		"vhosts": "name", "policies": "priority", "operator-policies": "priority", "parameters": "component",
		"permissions": "configure", "topic-permissions": "write", "vhost-limits": "value", "user-limits": "value",
		"consumers": "ack_required", "connections": "protocol", "channels": "number",
		"parameters/federation-upstream": "component", "federation-links": "status", "shovels": "state"}[collection]
}

// narrows reports whether the API lists the collection for one virtual host, at the path of the collection followed by
// the virtual host. Such a collection can still be listed for the other virtual hosts if the listing for one fails. For
// a collection that nameless does not know, such as feature-flags, the result has no effect.
func narrows(collection string) bool {
	switch collection {
	case "users", "vhosts", "user-limits", "parameters", "connections", "channels", "permissions", "topic-permissions":
		return false
	}
	return true
}

// failsAtNames reports whether the listing failed because of names: it then succeeds if no names are asked for. An
// empty vhost stands for all virtual hosts.
func (c *Client) failsAtNames(ctx context.Context, collection, vhost string, err error) bool {
	return c.listsWithout(ctx, collection, narrowedTo(collection, vhost), err)
}

// listsWithout reports whether the listing at a path, which failed, succeeds without names. A broker that fails at a name
// gives no reason (measured on 4.3).
func (c *Client) listsWithout(ctx context.Context, collection, path string, failed error) bool {
	member := nameless(collection)
	switch {
	case member == "" || Status(failed) != http.StatusInternalServerError || ReasonOf(failed) != "":
		return false
	case collection == "vhosts": // their listing fails with any column; each has exchanges, so list those
		return c.lists(ctx, Path("exchanges"), nameless("exchanges")) && !c.lists(ctx, Path("exchanges"), "vhost")
	}
	return c.lists(ctx, path, member)
}

// lists reports whether the listing at a path has a first row if it is asked for that column alone. It is false for an
// empty listing.
func (c *Client) lists(ctx context.Context, path, column string) bool {
	columns := []record.Column{{Name: column}}
	query := OfColumns(columns)
	switch root, _, _ := strings.Cut(strings.TrimPrefix(path, "/api/"), "/"); root {
	case "queues", "exchanges", "bindings":
		query = WithoutTotals(query)
	}
	resp, err := c.get(ctx, path, query)
	if err != nil {
		return false
	}
	for _, err := range c.rowsOf(ctx, resp, columns) {
		return err == nil
	}
	return false
}

// BlameNames returns an error that blames names for the failed listing of a virtual host. If they are not the reason,
// it returns err.
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
		"the %s of %s cannot be listed: a name there is not UTF-8, and the release of %s fails at such names (status 500)",
		worded(collection), which, base).
		Do(fail.FindName)
}

// readable passes on the rows of the collection at a path. If the listing fails because a name is not UTF-8, its error
// says so. Unlike Listed, it does not try the virtual hosts one by one.
func (c *Client) readable(ctx context.Context, collection, path string,
	rows iter.Seq2[record.Row, error]) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		began := false
		for row, err := range rows {
			if err != nil && !began && c.listsWithout(ctx, collection, path, err) {
				err = unnamed(collection, c.base, err)
			}
			began = true
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func unnamed(collection, base string, cause error) error {
	e := fail.New(fail.Incomplete, "the %s cannot be listed: a name there is not UTF-8, and the release of %s fails at "+
		"such names (status 500)", worded(collection), base).
		Do(fail.FindName)
	e.Err = cause
	return e
}

// worded returns the collection in words, for a sentence.
func worded(collection string) string {
	collection = strings.TrimPrefix(collection, "parameters/")
	return strings.NewReplacer("vhost", "virtual host", "-", " ", "upstream", "upstreams").Replace(collection)
}

// HostByHost takes the error of a failed listing for all virtual hosts. If the error is due to a name that is not
// UTF-8, HostByHost lists the collection for one virtual host after the other, leaves out those with such names, and
// ends with an error that names them. For any other error it yields only that error.
func (c *Client) HostByHost(ctx context.Context, collection string, err error,
	one func(vhost string) iter.Seq2[record.Row, error]) iter.Seq2[record.Row, error] {
	if !c.failsAtNames(ctx, collection, "", err) {
		return record.Failing(err)
	}
	return func(yield func(record.Row, error) bool) {
		var left []string
		for vhost, err := range record.EachText(c.VHosts(ctx, record.Named("name"))) {
			if err != nil {
				yield(nil, fmt.Errorf("the virtual hosts cannot be listed: %w", err))
				return
			}
			for row, err := range one(vhost) {
				if errors.As(err, &unlistable{}) {
					left = append(left, vhost)
					break
				}
				if kind := fail.KindOf(err); kind == fail.Denied || kind == fail.NotFound {
					// The listing for all virtual hosts also leaves out those that the user has no access to.
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

// Listed lists a collection of one virtual host, or of all if vhost is "". If names that are not UTF-8 keep some
// virtual hosts from being listed, it lists the others, and ends with an error that names those.
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
