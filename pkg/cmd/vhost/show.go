package vhost

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func show() verb.Show {
	return verb.Show{
		Name:  "show_vhost",
		Short: "Show a virtual host with its limits, policies and permissions",
		Long: `Show a virtual host with its totals and rates, its limits, its policies and what users may do in it. What
the user who runs the command may not see is left out: a user without the tag administrator sees no permissions, and
sees policies only with a permission in the virtual host. While a node is missing, the messages of its queues are not in
the totals, and the exit code is 75 (for a user without the tag monitoring 0, since this user cannot see the nodes).`,
		Example: `  rabbitctl show_vhost prod
  rabbitctl show_vhost / -o json | jq .permissions`,
		Args: []verb.Arg{name()},
		Read: read,
	}
}

func read(ctx context.Context, c *broker.Client, ask verb.Ask) (record.Document, error) {
	vhost := ask.Args[0]
	columns, err := table().Select([]string{"name", "description", "tags", "default_queue_type", "protected_from_deletion",
		"tracing",
		"cluster_state", "messages", "messages_ready", "messages_unacknowledged", "recv_oct", "recv_oct_details.rate",
		"send_oct", "send_oct_details.rate"})
	if err != nil {
		return nil, err
	}
	facts, stats, err := describe(ctx, c, vhost, columns)
	if err != nil {
		return nil, err
	}
	d := record.Document{
		facts,
		verb.Rates(stats, "publish", "confirm", "deliver_get", "redeliver", "ack", "return_unroutable", "drop_unroutable"),
	}
	limits := []record.Column{{Name: "max-connections", From: "value.max-connections", Kind: record.Count},
		{Name: "max-queues", From: "value.max-queues", Kind: record.Count}}
	if d, err = verb.Attach(d, "limits", limits, c.VHostLimits(ctx, vhost, limits)); err != nil {
		return nil, err
	}
	policies := []record.Column{{Name: "name"}, {Name: "pattern"}, {Name: "apply-to"},
		{Name: "definition", Kind: record.Map}, {Name: "priority", Kind: record.Ordinal}}
	if d, err = verb.Attach(d, "policies", policies, c.Policies(ctx, vhost, policies)); err != nil {
		return nil, err
	}
	if d, err = verb.Attach(d, "operator_policies", policies, c.OperatorPolicies(ctx, vhost, policies)); err != nil {
		return nil, err
	}
	permissions := []record.Column{{Name: "user"}, {Name: "configure"}, {Name: "write"}, {Name: "read"}}
	if d, err = verb.Attach(d, "permissions", permissions, c.Permissions(ctx, vhost, permissions)); err != nil {
		return nil, err
	}
	// If a node is missing, the totals lack what its queues hold. Attendance returns an error then.
	_, err = c.Attendance(ctx)
	return d, err
}

// describe returns the facts of the virtual host and its message_stats. Only an administrator may read one virtual host
// by its name; for other users describe looks for it in the listing.
func describe(ctx context.Context, c *broker.Client, vhost string,
	columns []record.Column) (record.Section, record.Value, error) {
	raw, err := c.VHost(ctx, vhost)
	if err == nil {
		return record.Object("", columns, raw), raw.At("message_stats"), nil
	}
	if fail.KindOf(err) != fail.Denied {
		return record.Section{}, nil, verb.Absent(ctx, c, err, "virtual host", "", vhost, name())
	}
	asked := append(columns[:len(columns):len(columns)], record.Column{Name: "message_stats"})
	name, stats := record.IndexOf(asked, "name"), record.IndexOf(asked, "message_stats")
	var names []string
	for row, err := range c.VHosts(ctx, asked) {
		if err != nil {
			return record.Section{}, nil, err
		}
		if names = append(names, row[name].Text()); row[name].Text() == vhost {
			return record.Section{One: true, Columns: columns, Rows: []record.Row{row[:len(columns)]}}, row[stats], nil
		}
	}
	return record.Section{}, nil, fail.New(fail.NotFound,
		"virtual host %s does not exist on %s, or user %s may not see it%s",
		vhost, c.BaseURL(), c.Username(), fail.DidYouMean(vhost, names))
}

// name is the argument that names a virtual host.
func name() verb.Arg {
	return verb.Arg{Name: "VHOST", Complete: func(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
		return record.Texts(c.VHosts(ctx, record.Named("name")))
	}}
}
