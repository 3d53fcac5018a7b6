package queue

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func peekQueue() verb.Show {
	return verb.Show{
		Name:  "peek_queue",
		Short: "Show one message of a quorum queue without touching it",
		Long: `Show the message at a position among the ready messages of a quorum queue; the first one has position 1,
which is the default. The message is not delivered: its delivery count stays as it was, so it is not dead-lettered
because of this. The node sends only the first 64 bytes of the payload. peek_messages --whole shows whole messages,
also of classic queues and streams; but it takes each message out of a quorum queue and requeues it, which before
4.3 counts as a delivery. The queue is in the virtual host / unless -p names another.` +
			verb.OverErlang,
		Example: `  rabbitctl peek_queue orders
  rabbitctl peek_queue orders 3 -p prod -o json`,
		Args:   []verb.Arg{name(), {Name: "POSITION", Free: true, Optional: true}},
		Scoped: true,
		Flags:  verb.NodeFlags(nil),
		Read: verb.FromNode(func(ctx context.Context, n inside.Node, ask verb.Ask) (record.Document, error) {
			position := 1
			if len(ask.Args) > 1 {
				var err error
				if position, err = strconv.Atoi(ask.Args[1]); err != nil || position < 1 {
					return nil, fail.Usagef("POSITION: %q is not a whole number above 0, or out of range",
						ask.Args[1])
				}
			}
			at := change.Site{VHost: ask.VHost, Erlang: n}
			err := at.IsQueue(ctx, ask.Args[0], "quorum")
			if errors.As(err, new(*change.OtherType)) {
				return nil, fail.New(fail.KindOf(err), "%w", err).
					Next("%s shows its messages, but takes each out and puts it back", fail.Command("peek_messages", "-p",
						ask.VHost, ask.Args[0]))
			}
			if err != nil {
				return nil, err
			}
			message, err := inside.Peek(ctx, n, ask.VHost, ask.Args[0], position)
			if r := inside.RefusedBy(err); r != nil && r.Reason == erlang.Atom("no_message_at_pos") {
				e := fail.New(fail.NotFound, "quorum queue %s in virtual host %s has no message at position %d", ask.Args[0],
					ask.VHost, position)
				return nil, e.Next("rabbitctl list_queues -p %s name messages_ready shows how many are ready",
					fail.Word(ask.VHost))
			}
			if err != nil {
				return nil, err
			}
			return peeked(position, message), nil
		}),
	}
}

// peeked returns a message as a document: its properties and its headers. In the term that the node sends, the name of
// each header begins with "header.".
func peeked(position int, message erlang.Term) record.Document {
	one := []record.Field{{Column: record.Column{Name: "position", Kind: record.Ordinal}, Value: record.Of(position)}}
	headers := []record.Field{}
	for _, p := range inside.Terms(message) {
		name, header := strings.CutPrefix(p.Name, "header.")
		f := record.Field{Column: record.Column{Name: name}, Value: valueOf(p.Value)}
		switch {
		case header:
			headers = append(headers, f)
			continue
		case strings.HasPrefix(name, "payload"):
			f.Name = "payload"
		case name == "routing_keys":
			f.Kind = record.List
		}
		one = append(one, f)
	}
	d := record.Document{record.Fields("", one...)}
	if len(headers) > 0 {
		d = append(d, record.Fields("headers", headers...))
	}
	return d
}

// valueOf returns a term as a value: a number, a list of words, or a text.
func valueOf(t erlang.Term) record.Value {
	switch v := t.(type) {
	case erlang.Number:
		return record.Value(v)
	case erlang.List:
		words := []string{}
		for _, e := range v {
			words = append(words, inside.Word(e))
		}
		return record.Of(words)
	}
	return record.Of(inside.Word(t))
}

func reclaimQuorumMemory() verb.Change {
	return verb.Of(change.ReclaimQuorumMemory, verb.About{
		Short: "Make a quorum queue free memory",
		Long: `Make the processes of a quorum queue collect their garbage on all its nodes. This can go on after the
command has ended; the queue keeps working meanwhile. memory_breakdown shows what a node's memory is used for.` +
			verb.OverErlang,
		Example: `  rabbitctl reclaim_quorum_memory orders
  rabbitctl reclaim_quorum_memory orders -p prod --dry-run`,
	})
}

func forceCheckpoint() verb.Change {
	return verb.Of(change.ForceCheckpoint, verb.About{
		Short: "Make quorum queues write checkpoints now",
		Long: `Make all quorum queues, or those whose name and virtual host match the patterns, write a checkpoint at once.
The broker can then shorten their logs and free disk space. The command prints a row for each queue: ok means that
the request was sent to the members of the queue, not that the checkpoint is written. The command needs RabbitMQ
4.1.1 or later.` +
			verb.OverErlang,
		Example: `  rabbitctl force_checkpoint --dry-run
  rabbitctl force_checkpoint --queue-pattern '^orders'`,
	})
}

// mirrored says what mirrored queues are.
const mirrored = `Mirrored classic queues are copied to other nodes by a policy with ha-mode; releases from 4.0 on have none.`

func syncQueue() verb.Change {
	return verb.Of(change.SyncQueue, verb.About{
		Short: "Make the mirrors of a classic queue copy its messages",
		Long: `Make the mirrors of a classic queue copy all its messages, so that one of them can take over without
losing any. The queue accepts and delivers no message until that is done, which can take long, so the command asks;
without a terminal it needs --yes. The command waits until all is copied, at most for --timeout (default 60s). When
that time ends, the copying goes on without the command.
` +
			mirrored + `
The management API answers this request with success even if the queue has no mirrors, so the command talks to the node
itself over Erlang distribution, as rabbitmqctl does, and needs the Erlang cookie (see rabbitctl help transports).`,
		Example: `  rabbitctl sync_queue orders --dry-run
  rabbitctl sync_queue orders --yes`,
	})
}

func cancelSyncQueue() verb.Change {
	return verb.Of(change.CancelSyncQueue, verb.About{
		Short: "Stop the mirrors of a classic queue from copying",
		Long: `Stop a synchronization of mirrors, which sync_queue or the broker itself has begun: the queue accepts and
delivers messages again, and its mirrors still lack some messages.
` + mirrored + `
The management API answers this request with success even if the queue has no mirrors, so the command talks to the node
itself over Erlang distribution, as rabbitmqctl does, and needs the Erlang cookie (see rabbitctl help transports).`,
		Example: `  rabbitctl cancel_sync_queue orders`,
	})
}
