package triage

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listLeaders() verb.List {
	return verb.List{
		Name:  "list_leaders",
		Short: "List how many queues each node leads",
		Long: `List for each node how many quorum queues and streams it leads, and how many classic queues it has. After a rolling
restart, few nodes often lead most queues, and do most of the work.

surplus is about how many leaders a rebalance would move away from a node that leads more than the average; with -p it
is empty, since a rebalance counts the queues of all virtual hosts. Only the leaders of queues with a member or a
mirror on another running node can move. A node in maintenance does not count for the average and gets no leaders;
if it leads more than the average, leaders move away from it as from other nodes. Classic queues without mirrors never
move; before 3.12 streams do not move either, so replicated, stays, share and surplus leave them out. rabbitctl
rebalance moves leaders; see the official documentation before you run it on a busy cluster. list_leaders needs the tag
monitoring.`,
		Example: `  rabbitctl list_leaders
  rabbitctl list_leaders -p prod node replicated share
  rabbitctl list_leaders --where 'surplus > 0' -o json`,
		Scoped: true,
		Table: record.Table{
			Noun:    "nodes",
			Default: []string{"node", "running", "quorum", "streams", "classic", "share", "surplus"},
			Columns: []record.Column{
				{Name: "node", Kind: record.Text, Help: "the node"},
				{Name: "running", Kind: record.Flag, Help: "whether it runs"},
				{Name: "quorum", Kind: record.Count, Help: "quorum queues that it leads"},
				{Name: "streams", Kind: record.Count, Help: "streams that it leads"},
				{Name: "classic", Kind: record.Count, Help: "classic queues that are on it"},
				{Name: "replicated", Kind: record.Count, Help: "quorum queues, streams (3.12 and later) and mirrored classic queues that it leads, together"},
				{Name: "stays", Kind: record.Count, Help: "replicated queues that no other running node could lead"},
				{Name: "share", Kind: record.Ratio, Help: "the part of all replicated queues that it leads"},
				{Name: "surplus", Kind: record.Count, Help: "how many leaders a rebalance would move away; empty with -p"},
			},
		},
		Rows: func(
			ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column,
		) iter.Seq2[record.Row, error] {
			return answer(columns, func() ([]fields, error) { return leaders(ctx, c, ask) })
		},
	}
}

func leaders(ctx context.Context, c *broker.Client, ask verb.Ask) ([]fields, error) {
	names, running, lead, err := survey.LeadingNodes(ctx, c)
	if err != nil {
		return nil, err
	}
	streamsMove, err := survey.StreamsMove(ctx, c)
	if err != nil {
		return nil, err
	}
	led := diagnose.CountLeaders(names, lead, streamsMove)
	if err := survey.EachLedQueue(ctx, c, ask.VHost, led.Add); err != nil {
		return nil, err
	}
	if led.Seen == 0 && ask.VHost == "" {
		// A broker full of queues looks empty to a user who may see no virtual host.
		if _, err := survey.See(ctx, c, ""); err != nil {
			return nil, err
		}
	}
	a := led.Answer()
	total, streams := 0, 0
	for _, n := range a.Nodes {
		total += n.Replicated
		streams += n.Streams
	}
	each := "each running node"
	if slices.ContainsFunc(names, func(n string) bool { return running[n] && !lead[n] }) {
		each += " that is not in maintenance"
	}
	ask.Note("%s", spread(a, total, each, ask.VHost))
	if streams > 0 && !streamsMove {
		ask.Note("streams are counted in the column streams alone: before 3.12 a rebalance does not move them")
	}
	if a.Leaderless > 0 {
		ask.Note("%s no leader now: the broker neither confirms messages published to such a queue nor delivers from it; "+
			"rabbitctl check_quorum names each such queue",
			prose.Plural(a.Leaderless, "quorum queue or stream has", "quorum queues and streams have"))
	}
	var rows []fields
	for _, n := range a.Nodes {
		f := fields{
			"node": text(n.Node), "running": record.Of(running[n.Node]), "quorum": record.Of(n.Quorum),
			"streams": record.Of(n.Streams), "classic": record.Of(n.Classic),
			"replicated": record.Of(n.Replicated), "stays": record.Of(n.Stays),
		}
		if ask.VHost == "" { // a rebalance counts the queues of all virtual hosts
			f["surplus"] = record.Of(n.Surplus)
		}
		if total > 0 {
			f["share"] = record.Of(float64(int(100*float64(n.Replicated)/float64(total)+0.5)) / 100)
		}
		rows = append(rows, f)
	}
	return rows, nil
}

// spread says how the leaders of so many replicated queues are spread over the nodes that can lead them, and what a
// rebalance would do.
func spread(a diagnose.LeadersAnswer, total int, each, vhost string) string {
	if total == 0 {
		return "no replicated queue with a leader was found"
	}
	leads := strconv.Itoa(a.Most)
	if a.Least < a.Most {
		leads = fmt.Sprintf("%d to %d", a.Least, a.Most)
	}
	line := fmt.Sprintf("%s with a leader; %s leads %s of them",
		prose.Plural(total, "replicated queue", "replicated queues"), each, leads)
	if vhost != "" { // the share of one virtual host is not what a rebalance aims at
		return line + "; a rebalance counts the queues of all virtual hosts: rabbitctl list_leaders without -p shows " +
			"what it would move"
	}
	line += fmt.Sprintf(", and should lead at most %d", a.Share)
	if a.Moves > 0 {
		return line + fmt.Sprintf("; a rebalance would move about %d: rabbitctl rebalance", a.Moves)
	}
	return line + "; a rebalance would move none"
}
