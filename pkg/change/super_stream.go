package change

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// superStream is what add_super_stream is told.
type superStream struct {
	name             string
	partitions       int
	keys, formerKeys string
	arguments        map[string]any
}

// argument is an option that becomes an argument of each partition.
func (s *superStream) argument(option, help, argument string, kind Kind) Param {
	return Param{Name: option, Help: help, Role: Option, Kind: kind, Free: true, Set: func(text string) error {
		s.arguments[argument] = text
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			s.arguments[argument] = n
		}
		return nil
	}}
}

func (s *superStream) params() []Param {
	return []Param{
		Arg("name", &s.name, nil),
		WholeFlag("partitions", "how many partitions, each a stream", &s.partitions),
		Flag("binding-keys", "one partition for each of these binding keys, separated by commas", &s.keys),
		Flag("routing-keys", "", &s.formerKeys).Official(),
		s.argument("max-length-bytes", "drop the oldest segments of a partition beyond so many bytes", "x-max-length-bytes",
			Text),
		s.argument("max-age", "drop segments older than this (7D, 12h)", "x-max-age", Text),
		s.argument("stream-max-segment-size-bytes", "how large one segment file becomes", "x-stream-max-segment-size-bytes",
			Text),
		s.argument("leader-locator", "which nodes lead the partitions", "x-queue-leader-locator", Text),
		s.argument("initial-cluster-size", "how many members each partition has", "x-initial-cluster-size", Whole),
	}
}

// AddSuperStream makes a super stream: an exchange and its partitions.
func AddSuperStream() Op {
	s := &superStream{partitions: 3, arguments: map[string]any{}}
	return Op{
		Name: "add_super_stream", Noun: "super stream", Scoped: true, Compares: true,
		Params: s.params(),
		Check: func() error {
			if s.partitions < 1 {
				return fail.Usagef("a super stream of %d partitions cannot be", s.partitions)
			}
			return nil
		},
		Plan: s.plan,
	}
}

// wanted is how many partitions it is to have.
func (s *superStream) wanted() int {
	if s.keys != "" {
		return strings.Count(s.keys, ",") + 1
	}
	return s.partitions
}

// measured reads sizes, ages and words of arguments as declare_queue does, which the broker would take unread.
func (s *superStream) measured() error {
	for key, value := range s.arguments {
		known, isKnown := topology.Find(key)
		text, isText := value.(string)
		if !isKnown || !isText {
			continue
		}
		read, err := known.Parse(text)
		if err != nil {
			return err
		}
		s.arguments[key] = read
	}
	return nil
}

func (s *superStream) plan(ctx context.Context, at Site) (*Plan, error) {
	if !at.Official {
		if err := s.measured(); err != nil {
			return nil, err
		}
	}
	if s.keys == "" {
		s.keys = s.formerKeys
	}
	body := map[string]any{"partitions": s.partitions, "arguments": s.arguments}
	if s.keys != "" {
		body = map[string]any{"binding-keys": s.keys, "arguments": s.arguments}
	}
	plan := Once(fmt.Sprintf("add super stream %s of %s in virtual host %s", s.name,
		prose.Plural(s.wanted(), "partition", "partitions"), at.VHost), "created", func(ctx context.Context) error {
		err := at.Broker.AddSuperStream(ctx, at.VHost, s.name, body)
		if broker.IsNotFound(err) || broker.Status(err) == 405 {
			e := at.Broker.NotOffered("a new super stream")
			e.Err = err
			return e
		}
		return err
	})
	plan.Now = "missing"
	if at.Official {
		return plan, nil
	}
	has, err := partitionsOf(ctx, at, s.name)
	switch {
	case MissingOf(err) != nil:
		return plan, nil
	case err != nil:
		return nil, err
	case len(has) == s.wanted():
		return Finished("unchanged"), nil
	}
	return &Plan{Done: &Outcome{Word: "differs", Failed: fail.Verdict(fail.Differs),
		Notes: []string{fmt.Sprintf("super stream %s exists with %s and was not changed", s.name,
			prose.Plural(len(has), "partition", "partitions"))}}}, nil
}

// partitionsOf are the partitions of a super stream, which is an exchange with a mark.
func partitionsOf(ctx context.Context, at Site, name string) ([]string, error) {
	exchange, err := at.Broker.Exchange(ctx, at.VHost, name)
	switch {
	case broker.IsNotFound(err) || err == nil && exchange.At("arguments.x-super-stream").Text() != "true":
		return nil, &Missing{What: "super stream", Name: name, VHost: at.VHost, Err: err}
	case err != nil:
		return nil, err
	}
	type binding struct{ destination, kind string }
	reader := record.NewReader(func(b *record.Binder, of *binding) {
		b.Text("destination", &of.destination)
		b.Text("destination_type", &of.kind)
	})
	var partitions []string
	for b, err := range reader.All(at.Broker.ExchangeBindings(ctx, at.VHost, name, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		if b.kind == "queue" && strings.HasPrefix(b.destination, name+"-") {
			partitions = append(partitions, b.destination)
		}
	}
	return partitions, nil
}

// DeleteSuperStream deletes the partitions and then their exchange, one by one, since the API has no request for all of
// it. The exchange goes last, so that what is left after an error is still found.
func DeleteSuperStream() Op {
	var name string
	return Op{
		Name: "delete_super_stream", Noun: "super stream", Scoped: true, Loses: true, Removes: true,
		Params: []Param{Arg("name", &name, nil)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			partitions, err := partitionsOf(ctx, at, name)
			if err != nil {
				return nil, err
			}
			if !at.Official {
				slices.Sort(partitions)
			}
			s := record.Section{Name: "partitions", Columns: record.Named("partition")}
			plan := &Plan{Summary: fmt.Sprintf("delete super stream %s with %s and all their messages in virtual host %s", name,
				prose.Plural(len(partitions), "partition", "partitions"), at.VHost)}
			for _, p := range partitions {
				s.Rows = append(s.Rows, record.Row{record.Of(p)})
				plan.Steps = append(plan.Steps, deleting("partition "+p, at, func(ctx context.Context) error {
					return at.Broker.DeleteQueue(ctx, at.VHost, p)
				}))
			}
			plan.Hits = record.Document{s}
			plan.Steps = append(plan.Steps, deleting("exchange "+name, at, func(ctx context.Context) error {
				return at.Broker.DeleteExchange(ctx, at.VHost, name)
			}))
			return plan, nil
		},
	}
}

// deleting is a step that deletes something, or finds it gone.
func deleting(what string, at Site, do func(context.Context) error) Step {
	return Step{Item: what, Action: "delete " + what + " in virtual host " + at.VHost,
		Do: func(ctx context.Context) (Outcome, error) {
			switch err := do(ctx); {
			case broker.IsNotFound(err):
				return Outcome{Word: "absent"}, nil
			case err != nil:
				return Outcome{}, err
			}
			return Outcome{Word: "deleted"}, nil
		}}
}
