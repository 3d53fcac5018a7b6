package vhost

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// bulk is the deletion of all chosen virtual hosts.
type bulk struct {
	verb.Bulk[chosen]
	ifEmpty bool
	// held has what the queues of each virtual host hold. users has how many users have permissions in each virtual host.
	held  map[string]change.Held
	users map[string]int
}

// chosen is a virtual host that --match or --where has chosen.
type chosen struct {
	name      string
	protected bool
}

// Names returns "" as vhost, and the name of the virtual host as name.
func (v chosen) Names() (vhost, name string) { return "", v.name }

func removeMany() verb.Change {
	b := &bulk{}
	b.Bulk = verb.Bulk[chosen]{Does: "delete", Did: "deleted", Noun: "virtual host", Global: true, Table: table,
		Rows: b.rows, Kept: b.kept, Lag: b.lag, Do: b.remove, AtOnce: 2, Cells: b.cells,
		Look: verb.AllGone[chosen]("virtual host", change.VHostNames),
		Shown: []record.Column{{Name: "queues", Kind: record.Count}, {Name: "messages_ready", Kind: record.Count},
			{Name: "messages_unacknowledged", Kind: record.Count}, {Name: "users", Kind: record.Count}},
		Bind: func(r *record.Binder, v *chosen) {
			r.Text("name", &v.name)
			r.Flag("protected_from_deletion", &v.protected)
		}}
	return b.Command("delete_vhosts", verb.About{
		Short: "Delete all virtual hosts that match, with all that is in them",
		Long: `Delete all virtual hosts that --match and --where choose, with their queues, messages, exchanges, policies
and permissions. At least one of the two flags is needed; if both are given, only virtual hosts that match both are
deleted. Connections to them are closed. The command lists each virtual host with what its queues hold and how many
users have permissions in it, says which are kept and why, and asks; without a terminal it needs --yes.

The virtual host / is kept, and so is one that is protected from deletion. --if-empty also keeps virtual hosts whose
queues hold a message, ready or unacknowledged, and virtual hosts with a queue whose count of messages is not known.
If counts can be out of date, the command with --if-empty waits (6 seconds, 12 with streams) and counts again. With
--if-empty it also counts once more just before it deletes each virtual host.

The command deletes two virtual hosts at a time. If its last listing is more than 5 seconds old when a virtual host
comes to its turn (longer, if listing takes long), it lists them again first, and keeps those that the flags do not
choose any more.
The first error ends the run, unless --keep-going is given. With --journal the command writes a line before and a line
after each virtual host, so that an interrupted run shows what it did. The same command finishes an interrupted run.`,
		Example: `  rabbitctl delete_vhosts --match '^test-' --if-empty
  rabbitctl delete_vhosts --match '^test-' --dry-run
  rabbitctl delete_vhosts --where '"temporary" in tags' --exclude keep --yes --journal cleanup.jsonl`,
	}, false, func(fs *pflag.FlagSet) {
		fs.BoolVar(&b.ifEmpty, "if-empty", false, "keep virtual hosts that hold any message, ready or unacknowledged")
	})
}

// rows lists the virtual hosts, and counts what all their queues hold. It returns an error for a user who is not an
// administrator, since only administrators may read permissions. An administrator sees the queues of all virtual hosts,
// even of virtual hosts in which it has no permissions (3.10 and 4.3).
func (b *bulk) rows(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	var err error
	if b.held, err = change.HeldBy(ctx, c, ""); err != nil {
		return record.Failing(err)
	}
	b.users = map[string]int{}
	for vhost, err := range record.EachText(c.Permissions(ctx, "", record.Named("vhost"))) {
		if err != nil {
			return record.Failing(err)
		}
		b.users[vhost]++
	}
	return wholeFigures(verb.OfBroker((*broker.Client).VHosts))(ctx, c, ask, columns)
}

func (b *bulk) cells(v chosen) record.Row {
	h := b.held[v.name]
	return record.Row{record.Of(h.Queues), record.Of(h.Ready), record.Of(h.Unacked), record.Of(b.users[v.name])}
}

func (b *bulk) kept(v chosen, _ time.Time) (why string, unsure bool) {
	switch {
	case v.name == "/":
		return "clients that name no virtual host use it", false
	case v.protected:
		return "protected from deletion", false
	case b.ifEmpty:
		return full(b.held[v.name])
	}
	return "", false
}

// full says why a virtual host is not empty, or is not known to be empty; "" if it is empty.
func full(h change.Held) (why string, unsure bool) {
	switch {
	case h.Ready+h.Unacked > 0:
		return fmt.Sprintf("its queues hold %d ready and %d unacknowledged messages", h.Ready, h.Unacked), false
	case h.Uncounted > 0:
		return "messages are not known for " + prose.Plural(int(h.Uncounted), "queue", "queues"), true
	}
	return "", false
}

func (b *bulk) lag(v chosen) time.Duration {
	if !b.ifEmpty {
		return 0
	}
	return b.held[v.name].Lag
}

func (b *bulk) remove(ctx context.Context, c *broker.Client, v chosen) (change.Outcome, error) {
	if b.ifEmpty {
		held, err := change.HeldBy(ctx, c, v.name)
		if err != nil {
			return change.Outcome{}, err
		}
		if why, _ := full(held[v.name]); why != "" {
			return change.Outcome{Word: "kept", Notes: []string{why}}, nil
		}
	}
	err := change.RemoveVHost(ctx, c, v.name, b.held[v.name].Queues, func(string, ...any) {})
	if broker.Status(err) == 412 {
		return change.Outcome{Word: "kept", Notes: []string{"protected from deletion"}}, nil
	}
	return change.Outcome{}, err
}
