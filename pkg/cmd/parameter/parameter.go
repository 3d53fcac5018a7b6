// Package parameter has the commands about runtime parameters.
package parameter

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{list(), set(), clearOne(), listGlobal(), setGlobal(), clearGlobal()}
}

func list() verb.List {
	return verb.List{
		Name:  "list_parameters",
		Short: "List runtime parameters",
		Long: `List the runtime parameters, of all virtual hosts unless -p names one: those of plugins (shovels, federation
upstreams), operator policies, and limits of virtual hosts. Policies are not in this list: see list_policies. The user
needs the tag policymaker. Passwords in URIs, before the host or in the query (?password=), are shown as ***. To see
them, use the command "rabbitctl as rabbitmqctl list_parameters", which prints what rabbitmqctl prints.`,
		Example: `  rabbitctl list_parameters
  rabbitctl list_parameters -p / --where 'component == "shovel"' -o json`,
		Table:  table(),
		Scoped: true,
		Rows:   verb.WithoutSecrets(rows),
	}
}

// rows lists the parameters of one virtual host or of all. The API lists those of all virtual hosts, so a virtual host
// that does not exist looks like one without parameters: then rows checks whether it exists.
func rows(ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		none := true
		for row, err := range c.Parameters(ctx, ask.VHost, columns) {
			if none = false; !yield(row, err) {
				return
			}
		}
		if none && ask.VHost != "" {
			if err := c.EnterVHost(ctx, ask.VHost); err != nil {
				yield(nil, err)
			}
		}
	}
}

func listGlobal() verb.List {
	return verb.List{
		Name:    "list_global_parameters",
		Short:   "List cluster-wide runtime parameters",
		Long:    "List cluster-wide runtime parameters: the cluster's name and tags, and what plugins keep there. Secrets in URIs are\nshown as ***.",
		Example: "  rabbitctl list_global_parameters",
		Table: record.Table{
			Noun:    "global parameters",
			Default: []string{"name", "value"},
			Open:    []string{"value"},
			Columns: table().Columns[2:],
		},
		Rows: verb.WithoutSecrets(verb.OfBroker((*broker.Client).GlobalParameters)),
	}
}

// table has the virtual host, then the columns of rabbitmqctl. A value is shown as JSON, as rabbitmqctl does.
func table() record.Table {
	return record.Table{
		Noun:    "parameters",
		Default: []string{"vhost", "component", "name", "value"},
		Open:    []string{"value"},
		Columns: []record.Column{
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "component", Kind: record.Text,
				Help: "what it belongs to, such as shovel, federation-upstream, operator_policy or vhost-limits"},
			{Name: "name", Kind: record.Text, Help: "the parameter's name"},
			{Name: "value", Kind: record.Text, Help: "its value"},
		},
	}
}
