package triage

import (
	"context"
	"fmt"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// everyQueue is the argument that stands for all queues. It is needed if names of columns follow on the command line.
const everyQueue = "*"

func listUnacked() verb.List {
	return verb.List{
		Name:  "list_unacked",
		Short: "List who holds the unacknowledged messages of a queue, or of all",
		Long: `List the channels that hold unacknowledged messages of a queue, with the program, the user and the address behind
each. The channel with the most messages comes first. Queues with the name QUEUE in all virtual hosts are listed, unless
-p names one. Without QUEUE all queues are listed; to name columns without a queue, write '*' as QUEUE.

A broker reports one count of messages for each channel, for all its queues together. If a channel reads several queues
with unacknowledged messages, this count cannot always be split. unacked is then empty, channel_unacked has the whole
count, and note names the queues. Messages that no listed channel holds have a row of their own, and note says why:
their holder is not yet in the statistics, or they are unaccounted, for example because they were fetched by basic.get.
Counts are up to 10 s old. A user without the tag monitoring sees only its own channels.

Closing a connection puts its unacknowledged messages back into their queues: rabbitctl close_connection 'NAME'.
The column connection has the NAME. A quorum queue drops or dead-letters the messages that exceed its delivery limit.`,
		Example: `  rabbitctl list_unacked orders -p prod
  rabbitctl list_unacked --sort -idle
  rabbitctl list_unacked '*' queue application unacked --group-by application`,
		Args:   []verb.Arg{{Name: "QUEUE", Optional: true, Complete: queueNames}},
		Scoped: true,
		Table: record.Table{
			Noun: "holders of unacknowledged messages",
			Name: "queue",
			Default: []string{"vhost", "queue", "unacked", "prefetch", "application", "user", "peer", "channel", "connected",
				"idle",
				"tags", "note"},
			Spare: []string{"tags", "connected", "channel", "user", "prefetch"},
			Columns: []record.Column{
				{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
				{Name: "queue", Kind: record.Text, Help: "the queue"},
				{Name: "unacked", Kind: record.Count,
					Help: "messages of this queue that the channel holds; empty if that is not known"},
				{Name: "channel_unacked", Kind: record.Count, Help: "messages of all queues that the channel holds"},
				{Name: "prefetch", Kind: record.Count, Help: "how many each of its consumers may hold, 0 for any number"},
				{Name: "application", Kind: record.Text, Help: "the client's connection_name, otherwise its product"},
				{Name: "user", Kind: record.Text, Help: "the user"},
				{Name: "peer", Kind: record.Text, Help: "the client's address and port"},
				{Name: "connection", Kind: record.Text, Help: "the connection's name, as close_connection takes it"},
				{Name: "channel", Kind: record.Text, Help: "the channel's number in the connection"},
				{Name: "node", Kind: record.Text, Help: "the node that it is connected to"},
				{Name: "connected", Kind: record.Seconds, Help: "for how long it has been connected"},
				{Name: "idle", Kind: record.Seconds,
					Help: "idle time of the channel (brokers report a minute at most), or of the queue if that is longer; empty " +
						"while the channel works"},
				{Name: "tags", Kind: record.List, Help: "the consumer tags of its consumers on this queue"},
				{Name: "note", Kind: record.Text, Advises: true, Help: "what is unusual about it"},
			},
		},
		Rows: verb.OfClients("channels",
			func(ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column) iter.Seq2[record.Row, error] {
				return answer(columns, func() ([]fields, error) { return unacked(ctx, c, ask) })
			}),
	}
}

func unacked(ctx context.Context, c *broker.Client, ask verb.Ask) ([]fields, error) {
	whole, _, blind, err := nodes(ctx, c)
	if err != nil {
		return nil, err
	}
	queue := ""
	if len(ask.Args) > 0 && ask.Args[0] != everyQueue {
		queue = ask.Args[0]
	}
	f, err := survey.Holders(ctx, c, ask.VHost, queue, whole)
	if err != nil {
		return nil, err
	}
	notes(ask, blind)
	holders, totals := diagnose.Unacked(f)
	if queue != "" && len(totals) == 0 {
		return nil, noQueue(ctx, c, queue, ask.VHost)
	}
	now := ask.Now()
	var rows []fields
	for _, h := range holders {
		rows = append(rows, fields{
			"vhost": text(h.VHost), "queue": text(h.Queue), "unacked": count(h.Unacked),
			"channel_unacked": count(h.Channel.Unacked),
			"prefetch":        count(h.Channel.Prefetch), "application": text(h.Connection.App), "user": text(h.Channel.User),
			"peer":       text(h.Connection.Peer),
			"connection": text(h.Channel.Connection), "channel": text(h.Channel.Number), "node": text(h.Channel.Node),
			"connected": since(now, h.Connection.Connected), "idle": since(now, h.Idle), "tags": words(h.Tags),
			"note": text(h.Note),
		})
	}
	said(ask, f, totals)
	if idle := longestIdle(holders); idle != "" {
		ask.Note("%s closes the connection of the holder that has been idle longest, with all its channels; their "+
			"unacknowledged messages go back to their queues, but a quorum queue drops or dead-letters those that exceed "+
			"its delivery limit",
			fail.Command("close_connection", idle))
	}
	return rows, nil
}

// longestIdle returns, of the connections that hold messages, the one that has been idle for longest. It returns "" if
// none is idle: no connection needs closing then.
func longestIdle(holders []diagnose.Holder) string {
	var found diagnose.Holder
	for _, h := range holders {
		// A client inside the broker has a connection without an address: list_shovels and list_federation_links list it.
		if !h.Idle.IsZero() && h.Connection.Peer != "" && (found.Idle.IsZero() || h.Idle.Before(found.Idle)) {
			found = h
		}
	}
	return found.Channel.Connection
}

// said prints a note with the totals of the rows.
func said(ask verb.Ask, f diagnose.UnackedFacts, totals []diagnose.HeldTotal) {
	if f.Queue != "" {
		for _, t := range totals {
			line := fmt.Sprintf("queue %s in virtual host %s: unacked %s, ready %s, consumers %s, "+
				"held by no listed channel %s",
				t.Name, t.VHost, told(t.Unacked), told(t.Ready), told(t.Consumers), told(t.Unaccounted))
			if t.Young > 0 {
				line += fmt.Sprintf(", %.0f messages too new for the statistics", t.Young)
			}
			ask.Note("%s", line)
		}
		return
	}
	held, unaccounted, young, queues, unknown := 0.0, 0.0, 0.0, 0, 0
	for _, t := range totals {
		if t.Unacked.Value > 0 {
			queues++
		}
		if !t.Unaccounted.Known {
			unknown++
		}
		held, unaccounted, young = held+t.Unacked.Value, unaccounted+t.Unaccounted.Value, young+t.Young
	}
	line := fmt.Sprintf("unacked %.0f in %d of %s, held by no listed channel %.0f", held, queues,
		prose.Plural(f.Seen, "queue", "queues"),
		unaccounted)
	if unknown > 0 {
		line += " (not known for " + prose.Plural(unknown, "queue", "queues") + ")"
	}
	if young > 0 {
		line += fmt.Sprintf(", %.0f messages too new for the statistics", young)
	}
	ask.Note("%s", line)
}

func told(r health.Reading) string {
	if !r.Known {
		return "not known"
	}
	return fmt.Sprintf("%.0f", r.Value)
}

func noQueue(ctx context.Context, c *broker.Client, queue, vhost string) error {
	names, err := queueNames(ctx, c, vhost)
	if err != nil {
		return err
	}
	place, flags := "in any virtual host that this user sees", []string(nil)
	if vhost != "" {
		place, flags = "in virtual host "+vhost, []string{"-p", vhost}
	}
	return fail.New(fail.NotFound, "queue %s does not exist %s on %s%s", queue, place, c.BaseURL(),
		fail.DidYouMean(queue, names)).
		Next("%s shows those that exist", fail.CommandWith(flags, "list_queues"))
}

// queueNames returns the names of the queues, for completion and for hints at a similar name.
func queueNames(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
	return record.Texts(queues.Read(ctx, c, vhost, record.Named("name")))
}
