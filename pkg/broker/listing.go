package broker

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Rows streams the JSON array at a path. An error ends the rows; the rows before it are valid.
func (c *Client) Rows(ctx context.Context, path string, query url.Values,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		ctx, cancel := c.grace(ctx)
		defer cancel()
		resp, err := c.ask(ctx, path, query)
		if err != nil {
			yield(nil, err)
			return
		}
		for row, err := range c.rowsOf(ctx, resp, columns) {
			if !yield(row, err) {
				return
			}
		}
	}
}

// rowsOf streams the JSON array in an answer, and closes the answer.
func (c *Client) rowsOf(ctx context.Context, resp *http.Response,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		defer resp.Body.Close()
		for row, err := range record.Stream(timely{ctx, resp.Body}, columns) {
			if err != nil {
				err = c.broken(ctx, resp.Request, err)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// Object asks for the object at a path. An object without these members is an error.
func (c *Client) Object(ctx context.Context, path string, query url.Values, members ...string) (record.Value, error) {
	return c.value(ctx, path, query, objectWith(members...))
}

// value asks for the value at a path. A value that does not match want is an error.
func (c *Client) value(ctx context.Context, path string, query url.Values, want wanted) (record.Value, error) {
	ctx, cancel := c.grace(ctx)
	defer cancel()
	resp, err := c.ask(ctx, path, query)
	if err != nil {
		return nil, err
	}
	v, err := c.read(ctx, resp, want)
	if other := c.theOne(path, v, err); other != nil {
		err = other
	}
	return v, err
}

// OfColumns asks for the members that the columns are read from: the broker sends those only.
// If users name the members of a table (arguments, client_properties), the whole table is asked for in place of a path
// below it, since the broker splits a path at every dot and such names can hold dots.
func OfColumns(columns []record.Column) url.Values {
	var paths []string
	seen := map[string]bool{}
	add := func(path string) {
		if root, _, _ := strings.Cut(path, "."); namedByUsers(root) {
			path = root
		}
		if path != "" && !seen[path] {
			seen[path] = true
			paths = append(paths, path)
		}
	}
	for _, c := range columns {
		if c.Missing != "" || c.Const != nil {
			continue
		}
		add(c.Path())
		add(c.Else)
	}
	return url.Values{"columns": {strings.Join(paths, ",")}}
}

func namedByUsers(root string) bool {
	switch root {
	case "arguments", "client_properties", "effective_policy_definition", "definition", "metadata", "value", "limits":
		return true
	}
	return false
}

// Uncached adds a range of samples of nodes, which listings of queues, connections and channels do not have. The
// management plugin caches these listings for five times as long as it took to make them (management_db_cache_multiplier),
// and a listing of queues only if it has statistics. So a listing that waited a minute for a frozen node is repeated for
// five minutes. The plugin caches no listing with a range. Measured on 4.3: without a range three connections were
// listed in place of 3,003; with one all of them, in the same order and as fast. Measured on 3.10.8 and 4.3.6: with a
// long cache, the figures of queues did not change without a range.
func Uncached(q url.Values) url.Values {
	q.Set("node_stats_age", "60")
	q.Set("node_stats_incr", "5")
	return q
}

// WithTotals makes the broker ask the queues themselves for their message counts. Listings have these counts since 3.9.
// The counts are current, except those of quorum queues, which are some seconds old; streams have none.
func WithTotals(q url.Values) url.Values {
	q.Set("enable_queue_totals", "true")
	return WithoutTotals(q)
}

// WithoutTotals asks only for the properties with which queues were declared; the broker then does not ask the queues
// themselves. That takes the broker half of the time that totals take. On 3.10 the state in the answer is "live", which
// does not say whether the queue runs.
func WithoutTotals(q url.Values) url.Values {
	q.Set("disable_stats", "true")
	return q
}

// PageSize is the most queues that the API puts on a page.
const PageSize = 500

// narrowedTo returns the path of a collection for one virtual host, or for all virtual hosts if vhost is "".
func narrowedTo(collection, vhost string) string {
	if vhost == "" {
		return Path(collection)
	}
	return Path(collection, vhost)
}
