package node

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// environment shows the settings of a node. Without -o it prints the Erlang terms as the broker wrote them: rabbitmqctl
// prints the same, and advanced.config is written in such terms.
func environment() verb.Show {
	return verb.Show{
		Name:  "environment",
		Short: "Show the settings of each application of a node, as Erlang terms",
		Long: `Show the settings of each Erlang application of the node that answers, or of the named application: the
result of rabbitmq.conf, advanced.config and defaults. It prints Erlang terms as the broker sends them; with -o each
setting is a row, with the text of its term as value. Passwords and keys of the configuration are shown, too.

The management API shows the settings since 3.11.5 (on 3.10 since 3.10.13), to users with the tag administrator. For
an older release, or if the API does not answer, the command asks the node itself over Erlang distribution, but only
if a flag, a variable or the context gives the Erlang cookie: ~/.erlang.cookie alone is not enough (see rabbitctl help
transports).`,
		Example: `  rabbitctl environment rabbit
  rabbitctl environment > node.terms
  rabbitctl environment rabbit -o json | jq -r '.settings[] | select(.name == "vm_memory_high_watermark").value'`,
		Args: []verb.Arg{{Name: "APPLICATION", Optional: true, Complete: applications}},
		Read: func(ctx context.Context, c *broker.Client, ask verb.Ask) (record.Document, error) {
			text, byNode, err := environmentOf(ctx, c, ask)
			if err != nil {
				return nil, err
			}
			d, err := settings(text)
			if byNode {
				d = verb.ByErlang(ask, d)
			}
			return d, err
		},
		Text: func(ctx context.Context, c *broker.Client, ask verb.Ask) (string, error) {
			text, _, err := environmentOf(ctx, c, ask)
			return text, err
		},
		Flags: verb.NodeFlags(nil),
	}
}

// environmentOf returns the settings of all applications, or of the one that the command names, as Erlang terms. byNode
// is true if the node itself was asked over Erlang distribution.
func environmentOf(ctx context.Context, c *broker.Client, ask verb.Ask) (text string, byNode bool, err error) {
	text, err = c.Environment(ctx)
	if broker.IsNotOffered(err) || fail.KindOf(err) == fail.Unreachable {
		text, err = verb.NodeInstead(ctx, ask, err, inside.EnvironmentText)
		byNode = true
	}
	if err != nil {
		return "", false, err
	}
	if text = strings.TrimSpace(text); len(ask.Args) > 0 {
		where := "the node at " + c.BaseURL()
		if byNode {
			where = "the node that was asked"
		}
		text, err = ofApplication(text, ask.Args[0], where)
	}
	return text, byNode, err
}

// ofApplication returns the settings of the application with this name. text has the settings of all applications. The
// parameter where is the words for the node in the error.
func ofApplication(text, name, where string) (string, error) {
	all, ok := erlang.Proplist(text)
	if !ok {
		return "", unreadable()
	}
	var known []string
	for _, p := range all {
		if p.Key == name {
			// The bracket puts the first line in the column to which the other lines are indented.
			return "[" + p.Text + "]", nil
		}
		known = append(known, p.Key)
	}
	return "", fail.New(fail.NotFound, "application %s does not run on %s%s", name, where,
		fail.DidYouMean(name, known)).
		Next("rabbitctl environment shows all running applications")
}

func unreadable() error {
	return fail.New(fail.Data, "the environment that the broker sent is not a list of applications with their settings").
		Next("rabbitctl environment, without a name and without -o, shows what the broker sent")
}

// settings makes a row of each setting in the text of an environment.
func settings(text string) (record.Document, error) {
	applications, ok := erlang.Proplist(text)
	if !ok {
		return nil, unreadable()
	}
	s := record.Section{Name: "settings", Columns: []record.Column{{Name: "application"}, {Name: "name"}, {Name: "value"}}}
	for _, of := range applications {
		pairs, ok := erlang.Proplist(of.Value)
		if !ok {
			return nil, unreadable()
		}
		for _, p := range pairs {
			var value record.Value
			if p.Value != "" {
				value = record.Of(unbroken(p.Value))
			}
			s.Rows = append(s.Rows, record.Row{record.Of(of.Key), record.Of(p.Key), value})
		}
	}
	return record.Document{s}, nil
}

// unbroken joins the lines of a term with spaces. That changes no string, because a line never ends inside one.
func unbroken(term string) string {
	lines := strings.Split(term, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, " ")
}

// applications returns the names of the applications whose settings a node reports.
func applications(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
	text, err := c.Environment(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	all, _ := erlang.Proplist(text)
	for _, p := range all {
		names = append(names, p.Key)
	}
	return names, nil
}
