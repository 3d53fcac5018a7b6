package change

import (
	"context"
	"errors"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// StopApp stops RabbitMQ on a node and leaves the node itself running.
func StopApp() Op {
	return Op{
		Name: "stop_app", Noun: "node", Erlang: true, Loses: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan := Once("stop RabbitMQ and keep the Erlang node running", "stopped", func(ctx context.Context) error {
				return at.do(ctx, "stop RabbitMQ", "rabbit", "stop")
			})
			if at.Official {
				return plan, nil
			}
			up, err := at.isRunning(ctx)
			if err != nil {
				return nil, err
			}
			// RabbitMQ that is still starting does not count as stopped, because it would soon run.
			booting := false
			if !up {
				booting, err = inside.Booting(ctx, at.Erlang)
			}
			switch {
			case err != nil:
				return nil, err
			case booting:
				plan.Notes = append(plan.Notes, "RabbitMQ is still starting on the node: the node stops it when it has started")
			case !up:
				return plan.Already("unchanged"), nil
			default:
				if err := at.hit(ctx, plan); err != nil {
					return nil, err
				}
			}
			plan.Notes = append(plan.Notes, "the management API of the node is gone until start_app or a restart of the node")
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				if up, err := at.isRunning(ctx); err != nil || up {
					return o, unlike(err, "still runs")
				}
				return o, nil
			}), nil
		},
	}
}

// StartApp starts RabbitMQ on a node that runs without it.
func StartApp() Op {
	return Op{
		Name: "start_app", Noun: "node", Erlang: true, Lasting: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan := Once("start RabbitMQ", "started", func(ctx context.Context) error {
				err := at.do(ctx, "start RabbitMQ", "rabbit", "start")
				why := refusal(err)
				if why == "" || at.Official {
					return err
				}
				e := fail.New(fail.Unavailable, "RabbitMQ does not start: %s", why).Next("look in the node's log")
				e.Err = err
				return e
			})
			if at.Official {
				return plan, nil
			}
			up, err := at.isRunning(ctx)
			if err != nil {
				return nil, err
			}
			if up {
				return plan.Already("unchanged"), nil
			}
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				// While RabbitMQ is starting already, the node answers ok at once (3.10.8, 4.3.6).
				err := at.running(ctx)
				if stopped := (*inside.Stopped)(nil); errors.As(err, &stopped) && !stopped.Booting {
					return o, unlike(nil, "does not run")
				}
				return o, err
			}), nil
		},
	}
}

func unlike(err error, how string) error {
	if err != nil {
		return err
	}
	return fail.New(fail.Unavailable, "the node answered ok, but RabbitMQ %s there", how).Next("look in the node's log")
}

// hit adds to a plan what a stop of RabbitMQ on the node affects: connections, and queues that lose their majority.
func (s Site) hit(ctx context.Context, plan *Plan) error {
	status, err := s.ask(ctx, "rabbit", "status")
	if err != nil {
		return err
	}
	totals := valueOf(status, "totals")
	connections, _ := strconv.Atoi(erlang.Cell(valueOf(totals, "connection_count")))
	critical, parts, err := s.quorumCritical(ctx)
	if _, failed := failedOf(err); failed {
		// Just after a stream was declared, 4.3.6 cannot list the critical queues: it waits for the stream coordinator, and
		// gives up.
		plan.Dangers = append(plan.Dangers, "which queues have no majority without the node is not known: "+
			fail.InWords(err).Error())
		err = nil
	}
	if err != nil {
		return err
	}
	plan.Hits = record.Document{record.Fields("",
		record.Field{Column: record.Column{Name: "connections"}, Value: record.Of(connections)},
		record.Field{Column: record.Column{Name: "queues_without_majority"}, Value: record.Of(len(critical))})}
	if len(critical) > 0 {
		section := record.Section{Name: "without a majority then", Columns: record.Named("without_majority")}
		for _, q := range critical {
			section.Rows = append(section.Rows, record.Row{record.Of(q)})
		}
		plan.Hits = append(plan.Hits, section)
		plan.Dangers = append(plan.Dangers, "without the node, "+prose.Plural(len(critical),
			"quorum queue or stream has", "quorum queues or streams have")+" no majority")
	}
	for _, part := range parts {
		plan.Dangers = append(plan.Dangers, "without the node, "+part+" has no majority")
	}
	return nil
}

// quorumCritical returns the quorum queues and streams that lose their majority without the node, and the parts of the
// broker that lose theirs. In a cluster of one node it returns none. The node lists the parts with the queues, with the
// type process: the stream coordinator and, with Khepri, the metadata store (4.3.6).
func (s Site) quorumCritical(ctx context.Context) (queues, parts []string, err error) {
	alone, err := s.ask(ctx, "rabbit_nodes", "is_single_node_cluster")
	if err != nil || alone == erlang.Atom("true") {
		return nil, nil, err
	}
	rows, err := s.ask(ctx, "rabbit_upgrade_preparation", "list_with_minimum_quorum_for_cli")
	if erldist.IsMissing(err) {
		rows, err = s.ask(ctx, "rabbit_quorum_queue", "list_with_minimum_quorum_for_cli")
	}
	if err != nil {
		return nil, nil, err
	}
	list, _ := rows.(erlang.List)
	for _, row := range list {
		m, _ := row.(erlang.Map)
		name := erlang.Cell(m.Get("readable_name"))
		switch {
		case erlang.Cell(m.Get("type")) != "process":
			queues = append(queues, name)
		case name == "rabbitmq_metadata":
			parts = append(parts, "the metadata store")
		case name == "rabbit_stream_coordinator":
			parts = append(parts, "the stream coordinator")
		default:
			parts = append(parts, name)
		}
	}
	return queues, parts, nil
}

// valueOf is the value of a key in a list of pairs; nil if the list does not have the key.
func valueOf(t erlang.Term, key string) erlang.Term {
	list, _ := t.(erlang.List)
	for _, e := range list {
		if pair, ok := e.(erlang.Tuple); ok && len(pair) == 2 && pair[0] == erlang.Atom(key) {
			return pair[1]
		}
	}
	return nil
}
