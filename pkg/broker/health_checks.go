package broker

import (
	"context"
	"iter"
	"net/http"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Answer is the result of one of the broker's own health checks.
type Answer struct {
	// OK means that the check passed.
	OK bool
	// Reason is the broker's explanation of the failure; "" if the check passed.
	Reason string
	// Body is the whole answer. Beside status and reason it has what the check reports: alarms, expired, missing, ports,
	// virtual-hosts, queues.
	Body record.Value
}

// HealthCheck runs one of the broker's own health checks: HealthCheck(ctx, "port-listener", "5672"). Most checks are
// about the node that answers; alarms is about all nodes. If the release does not have the check, IsNotOffered holds
// for the error.
func (c *Client) HealthCheck(ctx context.Context, words ...string) (Answer, error) {
	resp, err := c.ask(ctx, Path(append([]string{"health", "checks"}, words...)...), nil)
	if IsNotFound(err) {
		return Answer{}, c.NotOffered("the health check " + strings.Join(words, "/"))
	}
	if err != nil {
		return Answer{}, err
	}
	body, err := c.read(ctx, resp, objectWith("status"))
	if err != nil {
		return Answer{}, err
	}
	switch said := body.At("status").Text(); {
	case said == "ok" && resp.StatusCode == http.StatusOK:
		return Answer{OK: true, Body: body}, nil
	case said == "failed":
		return Answer{Reason: brief(body.At("reason").Text()), Body: body}, nil
	}
	return Answer{}, fail.New(fail.Data, "the health check %s of %s says neither ok nor failed (status %d): %s", words[0],
		c.base, resp.StatusCode, brief(string(body)))
}

// UsedDeprecatedFeatures lists the deprecated features that are in use on the broker. Releases before 3.13 do not
// report them: IsNotOffered holds for the error.
func (c *Client) UsedDeprecatedFeatures(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	rows := c.Rows(ctx, Path("deprecated-features", "used"), OfColumns(columns), columns)
	return func(yield func(record.Row, error) bool) {
		for row, err := range rows {
			if IsNotFound(err) {
				err = c.NotOffered("the list of deprecated features in use")
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
