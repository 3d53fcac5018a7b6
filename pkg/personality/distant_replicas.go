package personality

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// distantReplicas returns the commands about replicated queues that the HTTP API does not offer, and that a node runs
// over Erlang distribution.
func distantReplicas() []command {
	all := []command{reclaiming(), checkpoint(), leading(queuesTool), leading(streams), addingReplica(), deletingReplica(),
		growingStreams(), shrinkingStreams(), restartingStream(), resettingOffset(), activatingConsumer(), retention()}
	all = append(all, mirrorChanges()...)
	return distant(all...)
}

// needsRelease does the same as needsApp, and also learns the release, because the wording depends on it.
func needsRelease(ctx context.Context, c *call) error {
	if err := needsApp(ctx, c); err != nil {
		return err
	}
	return c.learn(ctx)
}

// saying returns a function that gives the result of a change in the tool's sentences. done is the sentence for
// success. words has, by reason, the sentences for the failures that the tool knows.
func saying(done string, words map[string]string) says {
	return func(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
		if f := c.notInRelease(err); f != nil {
			return answer{}, f
		}
		if r := inside.RefusedBy(err); r != nil {
			return answer{}, c.refusedWith(r, words)
		}
		if err != nil {
			return asNode(ctx, c, o, err)
		}
		a := answer{text: done}
		if done != "" {
			a.data = object("message", erlang.Binary(done))
		}
		return a, nil
	}
}

// notInRelease returns the fault that says that the node's release does not have the function. For any other error it
// returns nil.
func (c *call) notInRelease(err error) error {
	if !erldist.IsMissing(err) {
		return nil
	}
	return no(fail.Unavailable, "node %s runs RabbitMQ %s, which does not support %s", c.node,
		c.overview.At("rabbitmq_version").Text(), c.command)
}

// refusedWith returns the tool's error for a refusal. Since 4.0 there is an exit code of its own for an object that was
// not found.
func (c *call) refusedWith(r *inside.Refused, words map[string]string) error {
	word := erlang.Text(r.Reason)
	switch text, known := words[word]; {
	case known:
		return no(fail.Unavailable, "%s", text)
	case word == "not_found" && c.since(4, 0):
		return &fault{fail.Data, "Object (queue, stream, exchange, etc) was not found"}
	}
	return no(fail.Unavailable, "%s", reasonOf(r.Reason))
}

func reclaiming() command {
	return ofOp(change.ReclaimQuorumMemory, command{usage: "reclaim_quorum_memory [--vhost <vhost>] <quorum queue>",
		ready: needsRelease, banner: func(c *call) string {
			if c.since(4, 1) {
				return "Will garbage collect quorum queue " + c.args[0] + " ..."
			}
			return "Will flush Raft WAL of quorum queue " + c.args[0] + " ..."
		}}, saying("", map[string]string{
		"classic_queue_not_supported": "This operation is not applicable to classic queues"}).inVHost())
}

// inVHost names the virtual host in the error for a queue that does not exist.
func (s says) inVHost() says {
	return func(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
		if r := inside.RefusedBy(err); r != nil && r.Reason == erlang.Atom("not_found") {
			return answer{}, c.targetMissing()
		}
		return s(ctx, c, o, err)
	}
}

// targetMissing returns the error of rabbitmq-queues for a queue that does not exist.
func (c *call) targetMissing() *fault {
	return no(fail.Unavailable, "Target queue was not found in virtual host '%s'", c.vhost())
}

// checkpoint returns the command force_checkpoint. The official tool expects errors in another form than nodes send
// them, so with --errors-only it never shows an error. This program says on stderr how many errors there were.
func checkpoint() command {
	d := ofOp(change.ForceCheckpoint, command{
		usage: "force_checkpoint [--vhost-pattern <pattern>] [--queue-pattern <pattern>] [--errors-only]", seconds: anHour,
		ready:    needsRelease,
		switches: switches{"table-headers": truth, "pad-to-header": truth},
		banner:   say("Forcing checkpoint for all matching quorum queues..."),
	}, nil)
	d.run = func(ctx context.Context, c *call) (answer, error) {
		o, err := c.change(ctx, change.ForceCheckpoint())
		if f := c.notInRelease(err); f != nil {
			return answer{}, f
		}
		if err != nil {
			return asNode(ctx, c, o, err)
		}
		t := &table{names: []string{"vhost", "name", "result"}}
		failed := 0
		for _, row := range factRows(o.Facts, t.names) {
			result, ok := erlang.Term(erlang.Tuple{erlang.Atom("ok")}), row["result"].Text() == "ok"
			if parsed, err := erlang.Parse(row["result"].Text()); !ok && err == nil {
				result = parsed
			}
			if !ok {
				failed++
			}
			if !c.line.on("errors-only") {
				t.rows = append(t.rows, []erlang.Term{erlang.Binary(row["vhost"].Text()), erlang.Binary(row["name"].Text()),
					result})
			}
		}
		if failed > 0 && c.line.on("errors-only") {
			fmt.Fprintf(c.app.IO.Err, "note: %d checkpoints failed, which %s does not show with --errors-only\n", failed, c.tool)
		}
		return answer{table: t, format: "table"}, nil
	}
	return d
}

// anHour is the time limit, in seconds, of commands on many queues. The tools have no limit for them.
const anHour = 3600

// factRows returns the rows of the sections that have the columns.
func factRows(d record.Document, names []string) []map[string]record.Value {
	var all []map[string]record.Value
	for _, s := range d {
		if record.IndexOf(s.Columns, names[0]) < 0 {
			continue
		}
		for _, row := range s.Rows {
			values := map[string]record.Value{}
			for _, name := range names {
				values[name] = row[record.IndexOf(s.Columns, name)]
			}
			all = append(all, values)
		}
	}
	return all
}

// leading returns the command transfer_leadership, which rabbitmq-queues has for quorum queues and rabbitmq-streams has
// for streams.
func leading(of tools) command {
	made, what, kind := change.TransferQueue, "quorum queue", "queue"
	words := map[string]string{"already_leader": "The target node is already the leader of this queue"}
	if of == streams {
		made, what, kind = change.TransferStream, "stream", "stream"
	}
	d := ofOp(made, command{of: of, ready: needsRelease,
		usage: "transfer_leadership [--vhost <vhost>] <" + kind + "> <node> [--timeout <timeout>]",
		banner: func(c *call) string {
			return "Transferring leadership of " + what + " " + c.args[0] + " to node " + c.args[1] + "..."
		}}, nil)
	d.run = func(ctx context.Context, c *call) (answer, error) {
		o, err := c.change(ctx, made())
		if f := c.notInRelease(err); f != nil {
			return answer{}, f
		}
		if r := inside.RefusedBy(err); r != nil {
			if r.Reason == erlang.Atom("not_found") {
				return answer{}, &fault{fail.Data, fmt.Sprintf("queue '%s' was not found in virtual host '%s'", c.args[0],
					c.vhost())}
			}
			if kind, ok := unsupported(r.Reason); ok && of == streams {
				return answer{}, no(fail.Unavailable, "Cannot transfer leadership of a %s queue", kind)
			} else if ok {
				return answer{}, no(fail.Unavailable, "Cannot transfer leadership of a non-quorum queue")
			}
			return answer{}, c.refusedWith(r, words)
		}
		if err != nil {
			return asNode(ctx, c, o, err)
		}
		leader := o.Facts.Fact("leader").Text()
		c.tellElsewhere(leader, c.args[1])
		return answer{text: leader}, nil
	}
	return d
}

// tellElsewhere prints a note on stderr if the leader is not on the wanted node. The tools report this as success.
func (c *call) tellElsewhere(leader, wanted string) {
	if leader != wanted {
		fmt.Fprintf(c.app.IO.Err, "note: the leader is now on node %s, not on node %s\n", render.Escape(leader),
			render.Escape(wanted))
	}
}

// unsupported returns the type of queue that a reason names, such as classic_queue_not_supported or {unsupported,Type}.
func unsupported(reason erlang.Term) (kind string, ok bool) {
	switch text := erlang.Text(reason); text {
	case "classic_queue_not_supported", "{unsupported,rabbit_classic_queue}", "{unsupported,classic}":
		return "classic", true
	case "quorum_queue_not_supported", "{unsupported,rabbit_quorum_queue}", "{unsupported,quorum}":
		return "quorum", true
	case "stream_queue_not_supported", "{unsupported,rabbit_stream_queue}", "{unsupported,stream}":
		return "stream", true
	}
	return "", false
}

func addingReplica() command {
	return ofOp(change.AddReplica, command{ready: needsRelease,
		usage: "add_replica [--vhost <vhost>] <stream> <node> [--timeout <timeout>]",
		banner: func(c *call) string {
			what := "queue"
			if c.since(4, 0) {
				what = "stream"
			}
			return "Adding a replica for " + what + " " + c.args[0] + " on node " + c.args[1] + "..."
		}}, func(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
		words := map[string]string{"classic_queue_not_supported": "Cannot add replicas to classic queues",
			"quorum_queue_not_supported": "Cannot add replicas to quorum queues"}
		if !c.since(4, 0) {
			words = map[string]string{"classic_queue_not_supported": "Cannot add replicas to a classic queue",
				"quorum_queue_not_supported": "Cannot add replicas to a quorum queue"}
		}
		return saying("", words)(ctx, c, o, err)
	})
}

func deletingReplica() command {
	return ofOp(change.DeleteReplica, command{usage: "delete_replica [--vhost <vhost>] <queue> <node>",
		ready: needsRelease,
		banner: func(c *call) string {
			return "Removing a replica of queue " + c.args[0] + " on node " + c.args[1] + "..."
		}}, saying("", map[string]string{
		"classic_queue_not_supported": "Cannot delete replicas from a classic queue",
		"quorum_queue_not_supported":  "Cannot delete replicas from a quorum queue",
		"last_stream_member":          "Cannot delete the last member of a stream"}))
}

// underItsName returns a function that does the same as the function made, but gives the change the name that the
// official tool has for it.
func underItsName(made func() change.Op, name string) func() change.Op {
	return func() change.Op {
		op := made()
		op.Name = name
		return op
	}
}

// ofStreams makes the command for a change that adds or removes members of many streams.
func ofStreams(made func() change.Op, d command) command {
	d.of, d.seconds = streams, anHour
	d.switches = switches{"table-headers": truth, "pad-to-header": truth}
	d = ofOp(made, d, nil)
	d.run = func(ctx context.Context, c *call) (answer, error) {
		o, err := c.change(ctx, made())
		if f := c.notInRelease(err); f != nil {
			return answer{}, f
		}
		if err != nil {
			return asNode(ctx, c, o, err)
		}
		a := answer{table: &table{names: []string{"vhost", "name", "size", "result"}}, format: "table"}
		for _, s := range o.Facts {
			a.table.rows = append(a.table.rows, memberRows(s, c.line.on("errors-only"))...)
		}
		return a, nil
	}
	return d
}

func growingStreams() command {
	return ofStreams(underItsName(change.GrowStreams, "grow"), command{
		usage: "grow <node> <all | even> [--vhost-pattern <pattern>] [--queue-pattern <pattern>] [--errors-only]",
		valid: func(c *call) *fault {
			if c.args[1] != "all" && c.args[1] != "even" {
				return c.invalid(strconv.Quote("strategy '" + c.args[1] + "' is not recognised."))
			}
			return nil
		},
		ready: func(ctx context.Context, c *call) error {
			if err := needsRelease(ctx, c); err != nil {
				return err
			}
			running, err := inside.RunningNodes(ctx, c.erlang)
			if err == nil && !slices.Contains(running, c.args[0]) {
				return c.misused(fmt.Sprintf("Error: node %s is not a member of the cluster", c.args[0]))
			}
			return err
		},
		banner: func(c *call) string { return "Growing " + c.args[1] + " streams on " + c.args[0] + "..." }})
}

func shrinkingStreams() command {
	return ofStreams(underItsName(change.ShrinkStreams, "shrink"), command{usage: "shrink <node> [--errors-only]",
		ready:  needsRelease,
		banner: func(c *call) string { return "Shrinking streams on " + c.args[0] + "..." }})
}
