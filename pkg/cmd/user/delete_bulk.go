package user

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// bulk is the deletion of all chosen users.
type bulk struct {
	verb.Bulk[chosen]
	ifUnused bool
	// self is the user that the command logs in as. permissions and connections are counts by user.
	self                     string
	permissions, connections map[string]int
}

// chosen is a user that --match or --where has chosen.
type chosen struct {
	name string
	tags []string
}

// Names returns the name of the user. A user belongs to no virtual host.
func (u chosen) Names() (vhost, name string) { return "", u.name }

func removeMany() verb.Change {
	b := &bulk{}
	b.Bulk = verb.Bulk[chosen]{Does: "delete", Did: "deleted", Noun: "user", Global: true, Table: users, Rows: b.rows,
		Kept: b.kept, Lag: b.lag, Do: b.remove, AtOnce: 4, Cells: b.cells,
		Look: verb.AllGone[chosen]("user", change.UserNames),
		Shown: []record.Column{{Name: "tags", Kind: record.List}, {Name: "permissions", Kind: record.Count},
			{Name: "connections", Kind: record.Count}},
		Bind: func(r *record.Binder, u *chosen) {
			r.Text("name", &u.name)
			r.Value("tags", func(v record.Value) { u.tags = change.TagsOf(v) })
		}}
	return b.Command("delete_users", verb.About{
		Short: "Delete all users that match, with their permissions",
		Long: `Delete all users that --match and --where choose, with their permissions. At least one of the two flags
is needed; if both are given, only users that match both are deleted. The broker closes their connections. The command
lists each user with its tags, the number of virtual hosts in which it has permissions, and the number of its
connections. It says which users are kept and why, and asks; without a terminal it needs --yes.

Administrators are kept, and so is the user that this command logs in as. To delete such a user, use delete_user. With
--if-unused, users with a connection are kept. Since connections are listed some seconds late, the command then waits 6
seconds and looks again, and it looks once more at each user just before it deletes the user.

The command deletes four users at a time. If its last listing is more than 5 seconds old when a user comes to its turn
(longer, if listing takes long), it lists the users again first, and keeps those that the flags do not choose any
more. The first error ends the run, unless --keep-going is given. With --journal the command writes a line before and
a line after each user, so that an interrupted run shows what it did. The same command finishes an interrupted run.`,
		Example: `  rabbitctl delete_users --match '^test-' --if-unused
  rabbitctl delete_users --match '^test-' --dry-run
  rabbitctl delete_users --where 'len(tags) == 0' --exclude '^app-' --yes --journal cleanup.jsonl`,
	}, false, func(fs *pflag.FlagSet) {
		fs.BoolVar(&b.ifUnused, "if-unused", false, "keep users that have a connection")
	})
}

// rows lists the users, and counts the permissions and the connections of all.
func (b *bulk) rows(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	var err error
	b.self = c.Username()
	if b.permissions, err = counted(c.Permissions(ctx, "", record.Named("user"))); err != nil {
		return record.Failing(err)
	}
	if b.connections, err = counted(c.Connections(ctx, record.Named("user"))); err != nil {
		return record.Failing(err)
	}
	return verb.OfBroker((*broker.Client).Users)(ctx, c, ask, columns)
}

// counted returns how often each text occurs in the rows.
func counted(rows iter.Seq2[record.Row, error]) (map[string]int, error) {
	n := map[string]int{}
	for text, err := range record.EachText(rows) {
		if err != nil {
			return nil, err
		}
		n[text]++
	}
	return n, nil
}

func (b *bulk) cells(u chosen) record.Row {
	return record.Row{record.Of(u.tags), record.Of(b.permissions[u.name]), record.Of(b.connections[u.name])}
}

func (b *bulk) kept(u chosen, _ time.Time) (why string, unsure bool) {
	switch n := b.connections[u.name]; {
	case u.name == b.self:
		return "the one that this command logs in as", false
	case slices.Contains(u.tags, "administrator"):
		return "an administrator", false
	case b.ifUnused && n > 0:
		return prose.Plural(n, "connection", "connections"), false
	}
	return "", false
}

// lag returns how late the broker can list a new connection; 0 if the command does not look at connections.
func (b *bulk) lag(chosen) time.Duration {
	if !b.ifUnused {
		return 0
	}
	return 6 * time.Second
}

func (b *bulk) remove(ctx context.Context, c *broker.Client, u chosen) (change.Outcome, error) {
	if b.ifUnused {
		connections, err := record.Texts(c.UserConnections(ctx, u.name, record.Named("name")))
		if err != nil {
			return change.Outcome{}, err
		}
		if n := len(connections); n > 0 {
			return change.Outcome{Word: "kept", Notes: []string{prose.Plural(n, "connection", "connections")}}, nil
		}
	}
	return change.Outcome{}, c.DeleteUser(ctx, u.name)
}
