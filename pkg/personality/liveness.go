package personality

import (
	"context"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// liveness returns the commands for which any answer of the API is enough, since the API answers only while the node
// runs. It also returns server_version and erlang_version, which print a version from that answer.
func liveness() []command {
	const up = "RabbitMQ on node %s is fully booted and running"
	sentence := func(text string, data ...any) func(context.Context, *call) (answer, error) {
		return func(_ context.Context, c *call) (answer, error) {
			text := strings.ReplaceAll(text, "%s", c.node)
			return answer{text: text, data: object(append(data, "message", erlang.Binary(text))...)}, nil
		}
	}
	return []command{
		{
			// The official ping checks the OS process only; an answer of the API proves more than that.
			name: "ping", seconds: 60,
			banner: func(c *call) string {
				return "Will ping " + c.node +
					". This only checks if the OS process is running and registered with epmd. Timeout: " +
					erlang.Cell(erlang.Int(c.limit(60).Milliseconds())) + " ms."
			},
			run: sentence("Ping succeeded"),
		},
		{name: "check_running", banner: say("Checking if RabbitMQ is running on node %s ..."), run: sentence(up)},
		{name: "is_running", banner: say("Asking node %s for its status ..."), run: sentence(up, "result",
			erlang.Atom("true"))},
		{
			name: "is_booting", banner: say("Asking node %s for its boot status ..."),
			run: sentence("RabbitMQ on node %s is fully booted (check with is_running), stopped or has not started booting yet",
				"result", erlang.Atom("false")),
		},
		{
			name: "await_startup", usage: "await_startup", seconds: 300,
			run:     func(context.Context, *call) (answer, error) { return answer{}, nil },
			booting: awaitBoot,
		},
		{
			name: "server_version", banner: say("Asking node %s for its RabbitMQ version..."),
			run: func(_ context.Context, c *call) (answer, error) {
				return versionAnswer(c.overview.At("rabbitmq_version").Text()), nil
			},
		},
		{
			name: "erlang_version", usage: "erlang_version [--details] [--offline]",
			switches: switches{"details": truth, "offline": truth}, banner: say("Asking node %s for its Erlang/OTP version..."),
			run: func(_ context.Context, c *call) (answer, error) {
				switch {
				case c.line.on("offline"):
					return answer{}, no(fail.Unavailable,
						"--offline asks for the version of a local Erlang, and this program runs without Erlang")
				case c.line.on("details"):
					return versionAnswer(c.overview.At("erlang_full_version").Text()), nil
				}
				return versionAnswer("Erlang/OTP " + c.overview.At("erlang_version").Text()), nil
			},
		},
	}
}

func versionAnswer(text string) answer {
	return answer{text: text, data: object("result", erlang.Atom("ok"), "value", erlang.Binary(text))}
}

// awaitBoot waits, over Erlang distribution, until the node has booted, and prints the progress that the node reports.
func awaitBoot(ctx context.Context, c *call) (answer, error) {
	var print func(string)
	if !c.line.on("quiet") && !c.line.on("silent") {
		print = func(text string) { _ = c.print(text) }
	}
	// The node's time limit ends before our own, since the error of the node says more than ours.
	limit := c.limit(300)
	limit -= min(limit/10, time.Second/2)
	return asNode(ctx, c, change.Outcome{}, inside.AwaitStartup(ctx, c.erlang, limit, print))
}
