package user

import "github.com/rabbitctl/rabbitctl/pkg/record"

// users has the columns of rabbitmqctl, then what else the API reports of a user, without secrets.
func users() record.Table {
	return record.Table{
		Noun:    "users",
		Default: []string{"user", "tags"},
		Open:    []string{"limits"},
		Columns: []record.Column{
			{Name: "user", From: "name", Kind: record.Text, Help: "the user's name"},
			{Name: "tags", Kind: record.List, Help: "its tags, such as administrator, monitoring, policymaker, management"},
			// rabbitmqctl does not have the columns below.
			{Name: "limits", Kind: record.Map, Help: "its limits: max-connections, max-channels"},
			{Name: "hashing_algorithm", Kind: record.Text, Help: "how its password is hashed"},
		},
	}
}

// permissions has the columns of rabbitmqctl. The parameter owner lists the columns that stand before the three
// permissions by default. The last of these columns is the name of a row.
func permissions(owner ...string) record.Table {
	return record.Table{
		Noun:    "permissions",
		Name:    owner[len(owner)-1],
		Default: append(owner, "configure", "write", "read"),
		Columns: []record.Column{
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "user", Kind: record.Text, Help: "the user's name"},
			{Name: "configure", Kind: record.Text, Help: "what it may declare and delete"},
			{Name: "write", Kind: record.Text,
				Help: "the exchanges that it may publish to, and what it may bind to an exchange"},
			{Name: "read", Kind: record.Text,
				Help: "the queues that it may consume from or purge, and the exchanges that it may bind something to"},
		},
	}
}

// topicPermissions has the columns of rabbitmqctl. The parameter owner lists the columns that stand before the exchange
// by default. The last of these columns is the name of a row.
func topicPermissions(owner ...string) record.Table {
	return record.Table{
		Noun:    "topic permissions",
		Name:    owner[len(owner)-1],
		Default: append(owner, "exchange", "write", "read"),
		Columns: []record.Column{
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "user", Kind: record.Text, Help: "the user's name"},
			{Name: "exchange", Kind: record.Text, Help: "the topic exchange"},
			{Name: "write", Kind: record.Text, Help: "the routing keys that it may publish with"},
			{Name: "read", Kind: record.Text, Help: "the routing keys that it may bind with"},
		},
	}
}
