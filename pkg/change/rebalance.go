package change

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// leadersPatience is how long to wait for leaders to move.
const leadersPatience = 20 * time.Second

// led is a replicated queue and its leader.
type led struct {
	vhost, name string
	diagnose.LedQueue
}

func (l led) key() string { return l.vhost + "\x00" + l.name }

// leaders returns all replicated queues with their leaders, and how the leaders are spread over the nodes. streamsMove
// says whether a rebalance moves streams.
func leaders(ctx context.Context, at Site, streamsMove bool) ([]led, diagnose.LeadersAnswer, error) {
	nodes, _, lead, err := survey.LeadingNodes(ctx, at.Broker)
	if err != nil {
		return nil, diagnose.LeadersAnswer{}, err
	}
	ledQueue := survey.BindLedQueue()
	reader := record.NewReader(func(b *record.Binder, l *led) {
		b.Text("vhost", &l.vhost)
		b.Text("name", &l.name)
		ledQueue(b, &l.LedQueue)
	})
	var all []led
	count := diagnose.CountLeaders(nodes, lead, streamsMove)
	for l, err := range reader.All(queues.Read(ctx, at.Broker, "", reader.Columns())) {
		if err != nil {
			return nil, diagnose.LeadersAnswer{}, err
		}
		if count.Add(l.LedQueue); l.Type != "classic" || len(l.Mirrors) > 0 {
			all = append(all, l)
		}
	}
	return all, count.Answer(), nil
}

// Rebalance spreads the leaders of replicated queues over the nodes. The broker chooses the leaders to move, and goes
// on moving them after its answer.
func Rebalance() Op {
	var kind, vhosts, names string
	return Op{
		Name: "rebalance", Noun: "queue", Compares: true,
		Params: []Param{FreeArg("type", "", &kind).Official(), Flag("vhost-pattern", "", &vhosts).Official(),
			Flag("queue-pattern", "", &names).Official()},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan := Once("spread the leaders of queues over the nodes", "rebalanced",
				func(ctx context.Context) error { return at.Broker.Rebalance(ctx) })
			if at.Official {
				return plan, nil
			}
			streamsMove, err := survey.StreamsMove(ctx, at.Broker)
			if err != nil {
				return nil, err
			}
			before, answer, err := leaders(ctx, at, streamsMove)
			switch {
			case err != nil:
				return nil, err
			case answer.Moves == 0:
				return Finished("unchanged"), nil
			}
			plan.Hits = record.Document{spread(answer)}
			plan.Notes = []string{fmt.Sprintf("a rebalance moves about %s away from nodes that lead more than their "+
				"share; the broker chooses which", prose.Plural(answer.Moves, "leader", "leaders"))}
			plan.Dangers = []string{"while a leader moves, publishers and consumers of a quorum queue wait"}
			if streamsMove {
				plan.Dangers[0] += ", and those of a stream are disconnected"
			}
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				return moved(ctx, at, streamsMove, before, o)
			}), nil
		},
	}
}

// RebalanceByNode makes a node spread the leaders, over Erlang distribution. It moves only leaders of queues whose
// type, virtual host and name match, and ends when they have moved. Afterwards, *rows has a row for each node, which
// says how many leaders the node has. A row is a list of pairs: a name and a value.
func RebalanceByNode(name string, rows *[]erlang.Term) Op {
	kind, vhosts, names := "all", ".*", ".*"
	op := Op{Name: name, Noun: "queue", NamesNodes: true, Erlang: true}
	op.Plan = func(_ context.Context, at Site) (*Plan, error) {
		const action = "spread the leaders of queues over the nodes"
		return Once(action, "rebalanced", func(ctx context.Context) error {
			t, err := at.Erlang.Change(ctx, action, call("rabbit_amqqueue", "rebalance", erlang.Atom(kind),
				erlang.Binary(vhosts), erlang.Binary(names)))
			if err != nil {
				return err
			}
			if pair, ok := t.(erlang.Tuple); ok && len(pair) == 2 {
				*rows, _ = pair[1].(erlang.List)
			}
			return refusedBy("rabbit_amqqueue:rebalance", t)
		}), nil
	}
	if name == "rebalance" {
		op.Params = []Param{FreeArg("type", "", &kind).Official(), Flag("vhost-pattern", "", &vhosts).Official(),
			Flag("queue-pattern", "", &names).Official()}
	}
	return op
}

// spread returns a section that shows how many replicated queues each node leads, and how many of these leaders a
// rebalance would move away.
func spread(a diagnose.LeadersAnswer) record.Section {
	s := record.Section{Name: "nodes", Columns: []record.Column{{Name: "node"}, {Name: "leads", Kind: record.Count},
		{Name: "share", Kind: record.Count}, {Name: "surplus", Kind: record.Count}}}
	for _, n := range a.Nodes {
		s.Rows = append(s.Rows, record.Row{record.Of(n.Node), record.Of(n.Replicated), record.Of(a.Share),
			record.Of(n.Surplus)})
	}
	return s
}

// moved waits until no node has too many leaders, or until no more leaders move. It reports the leaders that have
// moved.
func moved(ctx context.Context, at Site, streamsMove bool, before []led, o Outcome) (Outcome, error) {
	var after []led
	var answer diagnose.LeadersAnswer
	resting, moves := 0, 0
	at.Waiting("leaders to move")
	_, err := at.Until(ctx, leadersPatience, firstLook, mostLook, func() (bool, error) {
		var err error
		if after, answer, err = leaders(ctx, at, streamsMove); err != nil {
			return false, err
		}
		if now := len(movedRows(before, after)); now == moves {
			resting++
		} else {
			resting, moves = 0, now
		}
		return answer.Moves == 0 || resting > 3 && moves > 0, nil
	})
	if err != nil {
		return o, fail.New(fail.KindOf(err), "leaders are being moved, but cannot be read: %w", err)
	}
	rows := movedRows(before, after)
	o.Facts = record.Document{spread(answer),
		{Name: "moved", Columns: record.Named("vhost", "queue", "from", "to"), Rows: rows}}
	o.Notes = append(o.Notes, prose.Plural(len(rows), "leader has moved", "leaders have moved"))
	if answer.Moves > 0 {
		o.Notes = append(o.Notes, "some nodes still lead more than their share: rabbitctl list_leaders shows "+
			"whether leaders still move")
	}
	return o, nil
}

// movedRows returns the queues whose leader is on another node than before.
func movedRows(before, after []led) []record.Row {
	was := map[string]string{}
	for _, l := range before {
		was[l.key()] = l.Leader
	}
	var moved []led
	for _, l := range after {
		if from, known := was[l.key()]; known && from != l.Leader && from != "" && l.Leader != "" {
			moved = append(moved, l)
		}
	}
	slices.SortFunc(moved, func(a, b led) int {
		return cmp.Or(strings.Compare(a.vhost, b.vhost), strings.Compare(a.name, b.name))
	})
	var rows []record.Row
	for _, l := range moved {
		rows = append(rows, record.Row{record.Of(l.vhost), record.Of(l.name), record.Of(was[l.key()]), record.Of(l.Leader)})
	}
	return rows
}
