package connection

import (
	"context"
	"iter"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// chosen is a connection that the flags, such as --match and --where, have chosen.
type chosen struct {
	change.ListedConnection
	program             string
	channels, connected record.Value
}

// Names returns the name of the connection, and no virtual host, since the name alone identifies a connection.
func (c chosen) Names() (vhost, name string) { return "", c.Name }

// closing is one run of close_connections.
type closing struct {
	verb.Bulk[chosen]
	reason string
	// work is what the channels of each connection did lately, by the name of the connection. It is read only for --idle.
	work map[string]work
	// unseen says why the listing may lack connections; nil if it has all.
	unseen error
}

func closeMany() verb.Change {
	b := &closing{}
	b.Bulk = verb.Bulk[chosen]{Does: "close", Did: "closed", Noun: "connection", Global: true, Paced: true, Table: table,
		Rows: b.rows, Bind: bindChosen,
		Shown: append(record.Named("user_provided_name", "user", "vhost", "node"), record.Column{Name: "channels",
			Kind: record.Count}),
		Cells: func(c chosen) record.Row {
			return record.Row{record.Of(c.program), record.Of(c.User), record.Of(c.VHost), record.Of(c.Node), c.channels}
		},
		Kept: b.awake, NoneSeen: b.noneSeen, AtOnce: change.ConnectionsAtOnce, Do: b.do, Look: b.look,
		IdleHelp: "only connections whose channels all did nothing for this long (10m, at most 50m), by the " +
			"broker's samples"}
	cmd := b.Command("close_connections", verb.About{
		Short: "Close all client connections that match",
		Long: `Close all client connections that --match, --where and --idle choose, in all virtual hosts or in the one
that -p names. At least one of these three flags is needed; if several are given, only connections that match
all of them are closed. It lists the connections, says which are kept and why, and asks; without a terminal it
needs --yes. --match compares the name of the connection, which consists of the addresses of both ends. For the
name that a program gave its connection, use user_provided_name in --where.

--idle chooses connections on whose channels nothing was published, received or acknowledged for that time. So a
consumer whose queue stays empty counts as idle, too. The time can be 1 to 50 minutes, since brokers keep samples of
one hour; the samples may lack the last 10 seconds. With --idle a connection without a channel is kept, since it is
not known what its earlier channels did. To close such connections, use --where 'channels == 0' without --idle.
Connections of the last 5 seconds may not be listed yet.

Without --delay, eight connections are closed at a time. If the delays of --delay together take longer than
--timeout, the command closes nothing and says so. A listing is used for 5 seconds, or for ten times the time that
it took, if that is longer. After that the command lists the connections again before it closes another one, and
keeps those that the flags do not choose any more. The first error ends the run, unless --keep-going is given.
Most clients reconnect at once.

If the listing may lack connections, because a node does not run or the user has no tag monitoring, the exit code is
75, also if nothing was chosen. With --limit N, the exit code is 0 all the same if N connections were closed.`,
		Example: `  rabbitctl close_connections --where 'user == "app" && user_provided_name matches "^worker"'
  rabbitctl close_connections --idle 30m -p prod --dry-run
  rabbitctl close_connections --match '^10\.0\.7\.' --limit 50 --delay 200ms --reason 'moving to the new cluster' --yes`,
	}, true, func(fs *pflag.FlagSet) {
		fs.StringVar(&b.reason, "reason", change.OwnReason, "the `TEXT` for the clients and for the broker's log")
	})
	chooses := cmd.Validate
	cmd.Validate = func(ask verb.Ask) error {
		if b.Idle > longestIdle || b.Idle != 0 && b.Idle < time.Minute {
			return fail.Usagef("--idle %s: give 1m to 50m, since a broker's samples go back one hour and can lack the last "+
				"seconds", b.Idle).
				Next("--where 'channels == 0' chooses connections without a channel")
		}
		if err := change.OneLine(b.reason); err != nil {
			return err
		}
		return chooses(ask)
	}
	return cmd
}

func bindChosen(b *record.Binder, c *chosen) {
	b.Text("name", &c.Name)
	b.Text("user", &c.User)
	b.Text("vhost", &c.VHost)
	b.Text("node", &c.Node)
	b.Column(change.ProgramName(), func(v record.Value) { c.program = v.Text() })
	b.Value("channels", func(v record.Value) { c.channels = v })
	b.Value("connected_at", func(v record.Value) { c.connected = v })
}

// rows returns the connections. If -p names a virtual host, it returns only the connections to this virtual host.
func (b *closing) rows(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	vhost := record.IndexOf(columns, "vhost")
	return func(yield func(record.Row, error) bool) {
		if b.Idle > 0 {
			var err error
			if b.work, err = workOf(ctx, c, b.Idle); err != nil {
				yield(nil, err)
				return
			}
		}
		found := false
		for row, err := range c.Connections(ctx, columns) {
			if err == nil && ask.VHost != "" && row[vhost].Text() != ask.VHost {
				continue
			}
			if found = true; !yield(row, err) {
				return
			}
		}
		if b.unseen = change.UnseenConnections(ctx, c, "", ""); b.unseen != nil {
			ask.Note("%s", b.unseen)
		}
		if ask.VHost != "" && !found {
			if _, err := c.VHost(ctx, ask.VHost); err != nil {
				yield(nil, err)
			}
		}
	}
}

func (b *closing) do(ctx context.Context, c *broker.Client, one chosen) (change.Outcome, error) {
	return change.Outcome{}, c.CloseConnection(ctx, one.Name, b.reason)
}

func (b *closing) noneSeen() error {
	if b.unseen == nil {
		return nil
	}
	return change.NoneListed(b.unseen)
}

func (b *closing) look(ctx context.Context, at change.Site, done []chosen) error {
	var closed []change.ListedConnection
	for _, one := range done {
		closed = append(closed, one.ListedConnection)
	}
	if err := change.AllClosed(ctx, at, closed); err != nil || b.unseen == nil || b.Reached(done) {
		return err
	}
	return change.OnlyListed(b.unseen)
}
