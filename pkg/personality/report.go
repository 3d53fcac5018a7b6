package personality

import (
	"context"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// report is a command that says one sentence about a node.
type report struct {
	name string
	// banner has %s for the node and, where it tells the time limit, %d for milliseconds.
	banner string
	// seconds is the default time limit; 0: none.
	seconds int
	// say is the sentence. A fault is printed on stderr instead.
	say func(node string, running bool, overview record.Value) (string, error)
}

// reports are those commands of the official tools whose sentence follows from whether the node runs.
func reports() []report {
	const (
		up   = "RabbitMQ on node %s is fully booted and running"
		down = "RabbitMQ on node %s is not running or has not fully booted yet (check with is_booting)"
	)
	return []report{
		{
			// The official one asks for the process only; an answer of the API says more than that.
			name: "ping", seconds: 60,
			banner: "Will ping %s. This only checks if the OS process is running and registered with epmd. Timeout: %d ms.",
			say: func(node string, running bool, _ record.Value) (string, error) {
				if !running {
					return "", fail.New(fail.Unreachable, "node %s does not run", node)
				}
				return "Ping succeeded", nil
			},
		},
		{
			name: "check_running", banner: "Checking if RabbitMQ is running on node %s ...",
			say: func(node string, running bool, _ record.Value) (string, error) {
				if !running {
					return "", &fault{fail.Unavailable, fmt.Sprintf(down, node)}
				}
				return fmt.Sprintf(up, node), nil
			},
		},
		{
			name: "is_running", banner: "Asking node %s for its status ...",
			say: func(node string, running bool, _ record.Value) (string, error) {
				if !running {
					return fmt.Sprintf(down, node), nil
				}
				return fmt.Sprintf(up, node), nil
			},
		},
		{
			name: "is_booting", banner: "Asking node %s for its boot status ...",
			say: func(node string, running bool, _ record.Value) (string, error) {
				if !running {
					return "", fail.New(fail.Unavailable, "node %s does not run; whether it is booting, the HTTP API cannot tell", node)
				}
				return fmt.Sprintf("RabbitMQ on node %s is fully booted (check with is_running), stopped or has not started booting yet", node), nil
			},
		},
		{
			name: "server_version", banner: "Asking node %s for its RabbitMQ version...",
			say: func(node string, _ bool, overview record.Value) (string, error) {
				if overview.At("node").Text() != node {
					return "", fail.New(fail.Unavailable, "%s tells its own version only, not that of %s", overview.At("node").Text(), node)
				}
				return overview.At("rabbitmq_version").Text(), nil
			},
		},
	}
}

// report runs a command that says one sentence.
func (r *run) report(ctx context.Context, p report) error {
	known, letters := globals()
	r.line = parse(r.typed, known, letters)
	usage := p.name
	switch {
	case len(r.line.invalid) > 0:
		return r.invalid(r.line.refused(), usage)
	case r.line.on("help"):
		return r.print("\nUsage\n\n" + r.usageLine(usage) + "\n")
	case len(r.line.words) > 1:
		return r.invalid("too many arguments.", usage)
	}
	if format, ok := r.line.given("formatter"); ok && format != "string" && format != "table" {
		return &fault{fail.Unavailable, fmt.Sprintf("Error:\n%s is offered as text only, not as %s", p.name, format)}
	}
	client, err := r.app.Broker()
	if err != nil {
		return err
	}
	ctx, cancel, err := r.budget(ctx, p.seconds)
	if err != nil {
		return err
	}
	defer cancel()
	overview, err := client.Overview(ctx)
	if err != nil {
		return err
	}
	node, err := r.addressed(ctx, client, false)
	if node == "" {
		node = overview.At("node").Text()
	}
	if err != nil {
		return err
	}
	running := node == overview.At("node").Text()
	if !running {
		if running, err = runs(ctx, client, node); err != nil {
			return err
		}
	}
	banner := strings.Replace(p.banner, "%s", node, 1)
	banner = strings.Replace(banner, "%d", fmt.Sprint(r.limit(p.seconds).Milliseconds()), 1)
	if !r.line.on("quiet") && !r.line.on("silent") {
		if err := r.print(banner + "\n"); err != nil {
			return err
		}
	}
	if r.line.on("dry-run") {
		return nil
	}
	sentence, err := p.say(node, running, overview)
	if err != nil {
		return err
	}
	return r.print(sentence + "\n")
}

// runs tells whether another node of the cluster runs.
func runs(ctx context.Context, client *broker.Client, node string) (bool, error) {
	for row, err := range client.Nodes(ctx, []record.Column{{Name: "name"}, {Name: "running"}}) {
		if err != nil {
			return false, err
		}
		if row[0].Text() == node {
			up, _ := row[1].Bool()
			return up, nil
		}
	}
	return false, nil
}
