package personality

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// alsoNode connects over Erlang distribution to the node whose API has answered.
func (c *call) alsoNode(ctx context.Context) error {
	if _, _, err := c.app.CookieHash(ctx); err != nil {
		return err
	}
	node, err := c.app.Node(c.node)
	if err != nil {
		return err
	}
	c.erlang = node
	_, err = node.Node(ctx)
	return err
}

// byNode gets an answer over Erlang distribution that the API does not have. If the node cannot be asked either, the
// error begins with the parameter lacking, a text that says what the API does not have. The parameter instead names a
// command with a similar result, as a next step; "" means that there is no such command.
func (c *call) byNode(ctx context.Context, lacking, instead string,
	ask func(ctx context.Context) (answer, error)) (answer, error) {
	err := c.alsoNode(ctx)
	if err == nil {
		a, err := ask(ctx)
		return c.told(ctx, a, err)
	}
	if ctx.Err() != nil {
		return answer{}, fail.Ended(ctx)
	}
	text := lacking + ", and node " + c.node + " itself cannot be asked: " + render.Escape(fail.InWords(err).Error())
	for _, next := range []string{steps.OfTool(err), instead} {
		if next != "" {
			text += "\n  next: " + render.Escape(next)
		}
	}
	return answer{}, no(fail.Unavailable, "%s", text)
}

// release returns the release of the broker, as the API reports it.
func (c *call) release() string { return c.overview.At("rabbitmq_version").Text() }

// environmentByNode reads the environment of a node over Erlang distribution. Releases whose API does not have the
// environment need this (before 3.10.13, and 3.11.0 to 3.11.4). JSON needs it on every release, because the API sends the
// environment as a text.
func (c *call) environmentByNode(ctx context.Context) (answer, error) {
	lacking := "the HTTP API of RabbitMQ " + c.release() + " does not report the environment of a node"
	if c.machine() {
		lacking += " as JSON"
	}
	return c.byNode(ctx, lacking, "", func(ctx context.Context) (answer, error) {
		if c.machine() {
			all, err := inside.Environment(ctx, c.erlang)
			return answer{data: all}, err
		}
		text, err := inside.EnvironmentText(ctx, c.erlang)
		return answer{text: text}, err
	})
}

// patienceOfHealth is how many seconds the official node_health_check waits.
const patienceOfHealth = 70

// healthByNode runs node_health_check for releases before 4.0. On these releases the check runs inside the node.
func (c *call) healthByNode(ctx context.Context) (answer, error) {
	return c.byNode(ctx, "node_health_check is deprecated, and the HTTP API has no such check",
		"rabbitmq-diagnostics check_running, check_local_alarms, check_virtual_hosts and check_port_connectivity look at "+
			"its parts",
		func(ctx context.Context) (answer, error) {
			wrong, err := inside.Health(ctx, c.erlang, c.node, c.limit(patienceOfHealth))
			if err == nil && wrong != "" {
				err = failed("Error: healthcheck failed. Message: %s", wrong)
			}
			return answer{text: "Health check passed"}, err
		})
}
