package triage

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// The connections of the users are listed every lookEvery. At most a lookShare-th part of the time is spent on that, so
// that this command is no burden for the broker. The counters are read every countEvery. The listing of all
// connections, which has the names of the programs, is read every listEvery, since it is only as recent as the
// statistics.
const (
	lookEvery   = 50 * time.Millisecond
	lookShare   = 10
	countEvery  = 500 * time.Millisecond
	listEvery   = health.StatisticsInterval
	usersAtOnce = 10
)

func listChurn() verb.List {
	s := &sampled{30 * time.Second}
	return verb.List{
		Name:  "list_churn",
		Short: "List who opens and closes connections",
		Long: `Watch the connections for the time of --sample, and list who opened or closed any, by user, host and program. The
group with the most opened and closed connections comes first. A note on stderr has the broker's own rates: how many
connections and channels opened and closed per second, and how many queues were declared and deleted per second.

rabbitctl looks at the connections twenty times a second, or less often if the broker is slow or has many users. It
sees only some of the connections that are open for less than the time between two looks, and a note says what share
it missed. The program's name is known only of connections that live for some seconds. A client that fails to log in
has no connection: see rabbitctl list_node_auth_attempt_stats.

The command needs the tag monitoring. Without the tag administrator it does not see users whose connections are too
short for the statistics.`,
		Example: `  rabbitctl list_churn
  rabbitctl list_churn --sample 1m --timeout 90
  rabbitctl list_churn user opened --group-by user -o json`,
		Flags:    s.flags,
		Validate: s.validate,
		Group:    "user",
		Table: record.Table{
			Noun:    "groups of connections",
			Default: []string{"user", "peer_host", "application", "opened", "closed", "open", "share", "median_life"},
			Columns: []record.Column{
				{Name: "user", Kind: record.Text, Help: "the user"},
				{Name: "peer_host", Kind: record.Text, Help: "the client's address"},
				{Name: "application", Kind: record.Text, Help: "the client's connection_name, otherwise its product"},
				{Name: "opened", Kind: record.Count, Help: "connections that opened while rabbitctl looked"},
				{Name: "closed", Kind: record.Count, Help: "connections that closed while rabbitctl looked"},
				{Name: "open", Kind: record.Count, Help: "connections that opened meanwhile and are open at the end"},
				{Name: "share", Kind: record.Ratio,
					Help: "opened, as a share of all connections that the broker counted as opened"},
				{Name: "median_life", Kind: record.Seconds,
					Help: "median time for which connections that opened and closed meanwhile were open; an upper bound"},
			},
		},
		Rows: verb.OfClients("connections",
			func(ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column) iter.Seq2[record.Row, error] {
				return answer(columns, func() ([]fields, error) { return churn(ctx, c, ask, s.sample) })
			}),
	}
}

func churn(ctx context.Context, c *broker.Client, ask verb.Ask, sample time.Duration) ([]fields, error) {
	watched, err := watchConnections(ctx, c, ask, sample)
	if err != nil {
		return nil, err
	}
	a := watched.Answer()
	ask.Note("connections opened %s/s, closed %s/s; channels opened %s/s, closed %s/s; queues declared %s/s, "+
		"deleted %s/s; connections open all the time: %d",
		health.PerSecond(a.Opened.Value), health.PerSecond(a.Closed.Value), health.PerSecond(a.ChannelsOpened.Value),
		health.PerSecond(a.ChannelsClosed.Value),
		health.PerSecond(a.QueuesDeclared.Value), health.PerSecond(a.QueuesDeleted.Value), a.Steady)
	if a.Unseen.Known && a.Unseen.Value >= 0.005 {
		ask.Note("about %.0f%% of the opened connections closed again before rabbitctl saw them: the rates count them, "+
			"the rows do not", 100*a.Unseen.Value)
	}
	if slices.ContainsFunc(a.Groups, func(g diagnose.ChurnGroup) bool { return g.App == "" && g.Opened > 0 }) {
		ask.Note("rows without application: the broker reports program names only every 5 s; its log has the names")
	}
	var rows []fields
	for _, g := range a.Groups {
		rows = append(rows, fields{
			"user": text(g.User), "peer_host": text(g.PeerHost), "application": text(g.App), "opened": record.Of(g.Opened),
			"closed": record.Of(g.Closed),
			"open":   record.Of(g.Open), "share": fraction(g.Share), "median_life": fraction(g.Life),
		})
	}
	return rows, nil
}

// watchConnections reads the counters and the connections again and again, for as long as sample says.
func watchConnections(ctx context.Context, c *broker.Client, ask verb.Ask,
	sample time.Duration) (*diagnose.ChurnWatch, error) {
	w := &diagnose.ChurnWatch{}
	var users rotation
	var counted, listed time.Time
	for start := ask.Now(); ; {
		now := ask.Now()
		left := sample - now.Sub(start)
		if counted.IsZero() || left <= 0 || now.Sub(counted) >= countEvery {
			counts, err := survey.ChurnCounts(ctx, c)
			if err != nil {
				return nil, err
			}
			if !counts.ConnectionsOpened.Known {
				return nil, c.Hidden(ctx, "the churn statistics of "+c.BaseURL())
			}
			counted = ask.Now()
			w.Count(counted, counts)
		}
		if listed.IsZero() || left <= 0 || now.Sub(listed) >= listEvery {
			all, err := survey.Connections(ctx, c)
			if err != nil {
				return nil, err
			}
			listed = ask.Now()
			w.Name(all)
			names, everybody, err := survey.UsersOf(ctx, c, all)
			if err != nil {
				return nil, err
			}
			if users.hot == nil && !everybody {
				ask.Note("users whose connections are too short for the statistics are missing: only an administrator may list all users")
			}
			users.know(names)
		}
		for _, name := range users.turn(left <= 0) {
			at := ask.Now()
			open, err := survey.ConnectionsOf(ctx, c, name)
			if err != nil {
				return nil, err
			}
			if w.Look(at, name, open) {
				users.hot[name] = true
			}
		}
		if left <= 0 {
			return w, nil
		}
		ask.Waiting("%d s left", int(left.Seconds()+0.5))
		if err := ask.Sleep(ctx, min(left, max(lookEvery, lookShare*ask.Now().Sub(now)))); err != nil {
			return nil, err
		}
	}
}

// rotation chooses the users whose connections are looked at next. On a broker with more than usersAtOnce users these
// are up to usersAtOnce hot users, whose connections come and go, and up to as many of the others, in turn.
type rotation struct {
	names []string
	hot   map[string]bool
	next  int
}

// know replaces the list of users with the users that exist now.
func (r *rotation) know(names []string) {
	if r.names = names; r.hot == nil {
		r.hot = map[string]bool{}
	}
}

// turn returns the users to look at now. If whole is true, these are all users.
func (r *rotation) turn(whole bool) []string {
	if whole || len(r.names) <= usersAtOnce {
		return r.names
	}
	var turn []string
	for _, n := range r.names {
		if r.hot[n] && len(turn) < usersAtOnce {
			turn = append(turn, n)
		}
	}
	for range usersAtOnce {
		if n := r.names[r.next%len(r.names)]; !r.hot[n] {
			turn = append(turn, n)
		}
		r.next++
	}
	return turn
}
