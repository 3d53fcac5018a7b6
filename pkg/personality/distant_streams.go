package personality

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

func restartingStream() command {
	return ofOp(change.RestartStream, command{ready: needsRelease,
		usage: "restart_stream [--vhost <vhost>] <stream> [--preferred-leader-node <node>]",
		banner: func(c *call) string {
			return "Restarting stream " + c.args[0] + "..."
		}}, func(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
		a, err := saying("", nil)(ctx, c, o, err)
		if err != nil {
			return a, err
		}
		leader := o.Facts.Fact("leader").Text()
		if wanted := c.option("preferred-leader-node", leader); wanted != "" {
			c.tellElsewhere(leader, wanted)
		}
		return answer{text: leader}, nil
	})
}

// ofReader returns a command with the options --stream and --reference, which both must be given.
func ofReader(made func() change.Op, name, banner string, end says, ready func(context.Context, *call) error) command {
	return ofOp(made, command{usage: name + " --stream <stream> --reference <reference> [--vhost <vhost>]",
		valid: (*call).readerGiven, ready: ready, banner: say(banner)}, end)
}

// readerGiven refuses a command line without a stream or a reference.
func (c *call) readerGiven() *fault {
	for _, option := range []string{"stream", "reference"} {
		if _, given := c.line.given(option); !given {
			return c.invalid("not enough arguments.")
		}
	}
	return nil
}

func learned(ctx context.Context, c *call) error { return c.learn(ctx) }

func resettingOffset() command {
	return ofReader(change.ResetOffset, "reset_offset", "Resetting stored offset ...", saying("Done", map[string]string{
		"not_found":     "The stream does not exist",
		"not_available": "The stream is not available",
		"no_reference":  "There is no stored offset for this reference, no need to reset"}), learned)
}

const noGroup = "The group does not exist"

func activatingConsumer() command {
	return ofReader(change.ActivateStreamConsumer, "activate_stream_consumer", "Activating a consumer in the group ...",
		saying("OK", map[string]string{"not_found": noGroup}), learned)
}

// retention returns the command set_stream_retention_policy. The node accepts the retention policy, but no stream
// follows it.
func retention() command {
	return ofOp(change.SetStreamRetentionPolicy, command{
		usage: "set_stream_retention_policy [--vhost <vhost>] <name> <policy>", ready: needsRelease,
		banner: func(c *call) string {
			return "Setting retention policy of stream queue " + c.args[0] + " to " + c.args[1] + " ..."
		}}, func(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
		a, err := saying("", nil)(ctx, c, o, err)
		if err == nil {
			err = c.noteOf("the node stores this policy, but the stream does not follow it: use set_policy with max-age")
		}
		return a, err
	})
}

// streamReads returns the commands that report what only the node itself knows about streams.
func streamReads() []command {
	return []command{
		{name: "coordinator_status", ready: needsRelease, banner: say("Status of stream coordinator ..."),
			run: func(ctx context.Context, c *call) (answer, error) {
				rows, err := inside.Coordinator(ctx, c.erlang)
				if f := c.notInRelease(err); f != nil {
					return answer{}, f
				}
				return c.told(ctx, answer{table: ofRows(rows), format: "pretty_table"}, err)
			}},
		consumerGroups(), groupConsumers(),
	}
}

// ofRows returns a table. Each row is a list of pairs of a name and a value; the names in the last row are the column
// names.
func ofRows(rows []erlang.Term) *table {
	t := &table{}
	for _, row := range rows {
		t.names = nil
		var cells []erlang.Term
		for _, p := range inside.Terms(row) {
			t.names, cells = append(t.names, p.Name), append(cells, p.Value)
		}
		t.rows = append(t.rows, cells)
	}
	return t
}

// ofPairs returns an answer with a table of the named columns. Each row is a list of pairs of a name and a value.
// Without rows, nothing at all is printed, as in the tools.
func ofPairs(rows []erlang.Term, names []string) answer {
	if len(rows) == 0 {
		return answer{printed: true}
	}
	t := &table{names: names, streamed: true}
	for _, row := range rows {
		t.rows = append(t.rows, cells(row, names))
	}
	return answer{table: t, format: "pretty_table"}
}

func consumerGroups() command {
	const all = "stream reference partition_index consumers"
	return command{
		name: "list_stream_consumer_groups", usage: "list_stream_consumer_groups [--vhost <vhost>] [<column> ...]", max: -1,
		switches: switches{"verbose": truth}, letters: map[string]string{"V": "verbose"}, ready: learned,
		valid: func(c *call) *fault {
			_, f := columned(c, all)
			return f
		},
		banner: say("Listing stream consumer groups ..."),
		run: func(ctx context.Context, c *call) (answer, error) {
			names, _ := columned(c, all)
			rows, err := inside.ConsumerGroups(ctx, c.erlang, c.vhost(), names)
			if f := c.notInRelease(err); f != nil {
				return answer{}, f
			}
			return c.told(ctx, ofPairs(rows, names), err)
		},
	}
}

func groupConsumers() command {
	const all = "subscription_id connection_name state"
	return command{
		name: "list_stream_group_consumers", max: -1, ready: learned,
		usage:    "list_stream_group_consumers --stream <stream> --reference <reference> [--vhost <vhost>] [<column> ...]",
		switches: switches{"verbose": truth, "stream": text, "reference": text},
		letters:  map[string]string{"V": "verbose"},
		valid: func(c *call) *fault {
			if f := c.readerGiven(); f != nil {
				return f
			}
			_, f := columned(c, all)
			return f
		},
		banner: say("Listing group consumers ..."),
		run: func(ctx context.Context, c *call) (answer, error) {
			names, _ := columned(c, all)
			rows, known, err := inside.GroupConsumers(ctx, c.erlang, c.vhost(), c.option("stream", ""),
				c.option("reference", ""),
				names)
			if f := c.notInRelease(err); f != nil {
				return answer{}, f
			}
			if err == nil && !known {
				return answer{}, no(fail.Unavailable, noGroup)
			}
			return c.told(ctx, ofPairs(rows, names), err)
		},
	}
}
