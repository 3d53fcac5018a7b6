package personality

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// reportCommands returns the command report. It prints, for support, the output of other commands, one after the other.
func reportCommands() []command {
	return []command{{
		name: "report", usage: "report", seconds: 3600, banner: say("Reporting server status of node %s ..."),
		run: printReport,
		valid: func(c *call) *fault {
			if format := c.option("formatter", "report"); format != "report" {
				return c.invalid(`"Only report formatter is supported"`)
			}
			return nil
		},
	}}
}

// printReport prints each part as soon as it is read. In place of a part that cannot be read, it prints the name of the
// part and the error, and the report goes on. An error that concerns more than the part, such as an API that no longer
// answers, ends the report.
func printReport(ctx context.Context, c *call) (answer, error) {
	vhosts, err := record.Texts(c.client.VHosts(ctx, record.Named("name")))
	if err != nil {
		return answer{}, err
	}
	parts := [][]string{{"status"}, {"cluster_status"}, {"environment"}, {"list_connections"}, {"list_channels"},
		{"command_line_arguments"}, {"os_env"}}
	for _, vhost := range vhosts {
		for _, name := range []string{"list_queues", "list_exchanges", "list_bindings", "list_permissions", "list_policies",
			"list_global_parameters", "list_parameters"} {
			parts = append(parts, []string{name, "--vhost=" + vhost})
		}
	}
	var unwhole error
	for _, words := range parts {
		err := c.part(ctx, words)
		switch kind := fail.KindOf(err); {
		case err == nil:
		case kind == fail.Incomplete, kind == fail.Timeout && ctx.Err() == nil:
			unwhole = cmp.Or(unwhole, err)
		case errors.As(err, new(*fault)), kind == fail.Unavailable, kind == fail.NotFound:
		default:
			return answer{}, err
		}
		if err != nil {
			if err := c.leftOut("%s: %s", words[0], oneLine(c.faultOf(err))); err != nil {
				return answer{}, err
			}
		}
	}
	return answer{}, unwhole
}

// part prints the output of a command. For a listing it reads all columns that the API has, and names the columns that
// the API does not have.
func (c *call) part(ctx context.Context, words []string) error {
	if err := c.print("\n"); err != nil {
		return err
	}
	if e, ok := find(diagnostics, words[0]); ok && e.lacks != "" {
		return c.leftOut("%s: %s", e.name, e.lacks)
	}
	if d, ok := commandNamed(words[0]); ok && d.distant {
		return c.distantPart(ctx, words)
	}
	sub := &run{app: c.app, own: c.own, tool: c.tool, typed: slices.Clone(words)}
	if node, ok := c.line.given("node"); ok {
		sub.typed = append(sub.typed, "--node="+node)
	}
	if c.line.on("quiet") || c.line.on("silent") {
		sub.typed = append(sub.typed, "--quiet")
	}
	var missing []string
	if l, ok := listingNamed(words[0]); ok && l.free {
		noun, _ := c.own.listing(cmp.Or(l.noun, l.name))
		for _, name := range l.columnNames() {
			if column, ok := noun.Table.Find(name); !ok || column.Missing != "" {
				missing = append(missing, name)
				continue
			}
			sub.typed = append(sub.typed, name)
		}
	}
	if words[0] == "status" && !c.app.TellsCookie() {
		missing = []string{"the operating system", "the file of enabled plugins", "plugins that others need",
			"the folder of Raft data"}
	}
	err := sub.dispatch(ctx)
	if err == nil && len(missing) > 0 {
		err = c.leftOut("%s, which the HTTP API does not report", strings.Join(missing, ", "))
	}
	return err
}

// distantPart prints the output of a command that asks the node itself, and that rabbitmqctl does not have. If the node
// does not answer, the report goes on, since the API does answer.
func (c *call) distantPart(ctx context.Context, words []string) error {
	if !c.app.TellsCookie() {
		return c.leftOut("%s: %s", words[0], lacksDistribution)
	}
	sub := &run{app: c.app, tool: "rabbitmq-diagnostics", typed: append(slices.Clone(words), "--node="+c.node)}
	if c.line.on("quiet") || c.line.on("silent") {
		sub.typed = append(sub.typed, "--quiet")
	}
	err := sub.dispatch(ctx)
	if err != nil && ctx.Err() == nil {
		err = &fault{fail.Unavailable, fail.InWords(err).Error()}
	}
	return err
}

// leftOut prints what the official report has in this place and this report lacks.
func (c *call) leftOut(format string, args ...any) error {
	return c.print("Left out: " + fmt.Sprintf(format, args...) + "\n")
}

// oneLine returns the text of an error on one line, without the next step.
func oneLine(err error) string {
	text, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "Error:\n"), "\n  next:")
	return harmless(prose.OneLine(text))
}
