package user

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func show() verb.Show {
	return verb.Show{
		Name:  "show_user",
		Short: "Show a user with its permissions, limits and connections",
		Long: `Show a user with its tags and limits, what it may do in each virtual host, and how many open connections it has
in each. Only a user with the tag administrator may run this command. The password's hash is not shown.`,
		Example: `  rabbitctl show_user app
  rabbitctl show_user app -o json | jq .permissions`,
		Args: []verb.Arg{name()},
		Read: read,
	}
}

func read(ctx context.Context, c *broker.Client, ask verb.Ask) (record.Document, error) {
	user := ask.Args[0]
	raw, err := c.User(ctx, user)
	if err != nil {
		err = verb.Absent(ctx, c, err, "user", "", user, name())
		if broker.IsNotFound(err) {
			return nil, fail.New(fail.NoUser, "%s", err).Advise(fail.HintOf(err))
		}
		return nil, err
	}
	d := record.Document{record.Object("", users().Columns, raw)}
	columns := permissions("vhost").Columns
	if d, err = verb.Attach(d, "permissions", withoutUser(columns), c.UserPermissions(ctx, user,
		withoutUser(columns))); err != nil {
		return nil, err
	}
	columns = topicPermissions("vhost").Columns
	if d, err = verb.Attach(d, "topic_permissions", withoutUser(columns), c.UserTopicPermissions(ctx, user,
		withoutUser(columns))); err != nil {
		return nil, err
	}
	return attachConnections(ctx, c, d, user)
}

// withoutUser removes the column user, which has the same value in each row.
func withoutUser(columns []record.Column) []record.Column {
	var kept []record.Column
	for _, c := range columns {
		if c.Name != "user" {
			kept = append(kept, c)
		}
	}
	return kept
}

// attachConnections adds how many connections the user has open, by virtual host, in the order of the listing. It adds
// nothing if the listing is refused.
func attachConnections(ctx context.Context, c *broker.Client, d record.Document, user string) (record.Document, error) {
	counts := map[string]int{}
	var vhosts []string
	type connection struct{ user, vhost string }
	reader := record.NewReader(func(b *record.Binder, one *connection) {
		b.Text("user", &one.user)
		b.Text("vhost", &one.vhost)
	})
	for one, err := range reader.All(c.Connections(ctx, reader.Columns())) {
		if fail.KindOf(err) == fail.Denied {
			return d, nil
		}
		if err != nil {
			return nil, err
		}
		if one.user != user {
			continue
		}
		if counts[one.vhost]++; counts[one.vhost] == 1 {
			vhosts = append(vhosts, one.vhost)
		}
	}
	s := record.Section{Name: "connections", Columns: []record.Column{{Name: "vhost"},
		{Name: "connections", Kind: record.Count}}}
	for _, v := range vhosts {
		s.Rows = append(s.Rows, record.Row{record.Of(v), record.Of(counts[v])})
	}
	return append(d, s), nil
}
