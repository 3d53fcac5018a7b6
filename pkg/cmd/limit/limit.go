// Package limit has the commands about the limits of virtual hosts and users.
package limit

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{listVHost(), listUser(), setVHost(), clearVHost(), setUser(), clearUser()}
}

func listVHost() verb.List {
	return verb.List{
		Name:  "list_vhost_limits",
		Short: "List the limits of virtual hosts",
		Long:  "List the limits of virtual hosts that have any: max-connections, max-queues.",
		Example: `  rabbitctl list_vhost_limits
  rabbitctl list_vhost_limits -p prod limits.max-queues`,
		Table:  table("vhost", "the virtual host"),
		Scoped: true,
		Rows:   verb.OfVHost((*broker.Client).VHostLimits),
	}
}

func listUser() verb.List {
	return verb.List{
		Name:  "list_user_limits",
		Short: "List the limits of users",
		Long: `List the limits (max-connections, max-channels) of the users that have any. From 4.2.9 on, and in
4.3 from 4.3.3 on, the broker shows them only to a user with the tag administrator.`,
		Example: "  rabbitctl list_user_limits --where 'user == \"app\"'",
		Table:   table("user", "the user's name"),
		Rows:    verb.OfBroker((*broker.Client).UserLimits),
	}
}

// table has the columns of rabbitmqctl, for limits of virtual hosts and for limits of users.
func table(owner, help string) record.Table {
	return record.Table{
		Noun:    "limits",
		Default: []string{owner, "limits"},
		Open:    []string{"limits"},
		Columns: []record.Column{
			{Name: owner, Kind: record.Text, Help: help},
			{Name: "limits", From: "value", Kind: record.Text, Help: "its limits, as JSON"},
		},
	}
}
