package broker

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Verdict asks one of the API's own health checks, named by the words of its path: "port-listener", "5672". It returns whether
// the check passed, and the body, which names what did not. Most checks are about the node that answers and no other. A check
// that the release does not have is fail.Unavailable.
func (c *Client) Verdict(ctx context.Context, words ...string) (passed bool, body record.Value, err error) {
	resp, err := c.get(ctx, Path(append([]string{"health", "checks"}, words...)...), nil)
	switch {
	case IsNotFound(err):
		return false, nil, fail.New(fail.Unavailable, "%s does not offer the check %s", c.base, words[0]).
			Next("its release is too old for it: rabbitctl status shows the release")
	case err != nil:
		return false, nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return false, nil, c.broken(ctx, err)
	}
	return resp.StatusCode == http.StatusOK, record.Value(strings.TrimSpace(string(text))), nil
}

// QuorumStatus is what each member of a quorum queue says of its log: a list of objects, whose members are the columns of the
// official tool. Releases before 3.13 do not offer it: a Refusal with status 404, as for a queue that is not there.
func (c *Client) QuorumStatus(ctx context.Context, vhost, queue string) (record.Value, error) {
	return c.value(ctx, Path("queues", "quorum", vhost, queue, "status"), nil)
}

// NodeMemory is what a node's memory is used for.
func (c *Client) NodeMemory(ctx context.Context, node string) (record.Value, error) {
	return c.value(ctx, Path("nodes", node, "memory"), nil)
}

// Definitions is everything that is declared, as one JSON document. It holds the hashes of passwords.
func (c *Client) Definitions(ctx context.Context) (record.Value, error) {
	return c.value(ctx, Path("definitions"), nil)
}

// refusalIn is the refusal inside an error, nil where there is none.
func refusalIn(err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}

// UsedDeprecatedFeatures lists what will be removed and is in use. Releases before 3.13 do not offer it.
func (c *Client) UsedDeprecatedFeatures(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	rows := c.rows(ctx, Path("deprecated-features", "used"), planStats(columns), columns)
	return func(yield func(record.Row, error) bool) {
		for row, err := range rows {
			if IsNotFound(err) {
				err = fail.New(fail.Unavailable, "%s does not tell which deprecated features are in use", c.base).
					Next("its release is older than 3.13")
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// Environment is the configuration of every application of the node, as Erlang prints it. 3.10 does not offer it, 4.0 does.
func (c *Client) Environment(ctx context.Context) (string, error) {
	v, err := c.value(ctx, Path("config", "effective"), nil)
	if IsNotFound(err) {
		return "", fail.New(fail.Unavailable, "%s does not tell its node's environment", c.base).Next("run rabbitmqctl environment on the broker's own machine")
	}
	return string(v), err
}

// Brief is the overview without what the broker counts: which node answers, its versions, the cluster's name. It is cheap on a
// cluster of any size.
func (c *Client) Brief(ctx context.Context) (record.Value, error) {
	return c.value(ctx, Path("overview"), url.Values{"disable_stats": {"true"}})
}
