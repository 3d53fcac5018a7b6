package change

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// reader names a consumer of a stream, or a group of them. The stream protocol calls the name a reference.
type reader struct{ stream, reference string }

// params returns the stream and the reference as two words of the command line; the official tools have options for
// them.
func (r *reader) params() []Param {
	return []Param{
		{Name: "stream", Free: true, Names: StreamNames, Set: textInto(&r.stream), In: OwnOnly},
		{Name: "reference", Free: true, Set: textInto(&r.reference), In: OwnOnly},
		Flag("stream", "", &r.stream).Official(), Flag("reference", "", &r.reference).Official(),
	}
}

func (r *reader) title(at Site) string {
	return fmt.Sprintf("%s of stream %s in virtual host %s", r.reference, r.stream, at.VHost)
}

// ResetOffset sets the offset that a stream has stored for a reference back to the beginning of the stream.
func ResetOffset() Op {
	r := &reader{}
	return Op{
		Name: "reset_offset", Noun: "reference", NamesNodes: true, Scoped: true, Erlang: true, Loses: true,
		Params: r.params(),
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			action := "set the stored offset of reference " + r.title(at) + " to 0"
			plan := Once(action, "reset", func(ctx context.Context) error {
				return notInRelease(at.do(ctx, action, "rabbit_stream_manager", "reset_offset",
					binaries(at.VHost, r.stream, r.reference)...), cannotReset)
			})
			if at.Official {
				return plan, nil
			}
			if _, err := at.place(ctx, r.stream, "stream"); err != nil {
				return nil, err
			}
			if err := at.has(ctx, cannotReset, "rabbit_stream_manager", "reset_offset", 3); err != nil {
				return nil, err
			}
			offset, known, err := inside.StoredOffset(ctx, at.Erlang, at.VHost, r.stream, r.reference)
			switch {
			case err != nil:
				return nil, err
			case !known:
				m := &Missing{What: "stored offset", Name: "of reference " + r.reference + " in stream " + r.stream,
					VHost: at.VHost}
				return nil, notThere(m, nil, fail.Command("list_stream_tracking", "-p", at.VHost, r.stream))
			case offset == erlang.Int(0):
				return Finished("unchanged"), nil
			}
			plan.Hits = r.offset("offset", offset)
			plan.Notes = []string{"a consumer that begins at the stored offset gets the whole stream again"}
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				now, _, err := inside.StoredOffset(ctx, at.Erlang, at.VHost, r.stream, r.reference)
				if err == nil && now != erlang.Int(0) {
					o.Notes = append(o.Notes, "the stored offset is "+erlang.Text(now)+" by now: is a consumer connected?")
				}
				o.Facts = r.offset("before", offset)
				return o, err
			}), nil
		},
	}
}

const cannotReset = "cannot reset a stored offset: releases since 4.2 can"

const groupless = "has no single active consumers of streams: releases since 3.11 have them"

func (r *reader) offset(name string, offset erlang.Term) record.Document {
	return record.Document{record.Fields("",
		record.Field{Column: record.Column{Name: "stream"}, Value: record.Of(r.stream)},
		record.Field{Column: record.Column{Name: "reference"}, Value: record.Of(r.reference)},
		record.Field{Column: record.Column{Name: name, Kind: record.Ordinal}, Value: record.Value(erlang.Text(offset))})}
}

// ActivateStreamConsumer makes the coordinator of single active consumers choose the active consumer of a group of
// stream consumers again. rabbitctl changes nothing if one is active.
func ActivateStreamConsumer() Op {
	r := &reader{}
	return Op{
		Name: "activate_stream_consumer", Noun: "group", NamesNodes: true, Scoped: true, Erlang: true, Params: r.params(),
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			action := "make the broker choose an active consumer for group " + r.title(at)
			plan := Once(action, "activated", func(ctx context.Context) error {
				return notInRelease(at.do(ctx, action, "rabbit_stream_sac_coordinator", "activate_consumer",
					binaries(at.VHost, r.stream, r.reference)...), groupless)
			})
			if at.Official {
				return plan, nil
			}
			before, active, err := r.consumers(ctx, at)
			switch {
			case err != nil:
				return nil, err
			case active:
				return Finished("unchanged"), nil
			}
			plan.Hits = before
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				facts, active, err := r.consumers(ctx, at)
				if err == nil && !active {
					err = fail.New(fail.Incomplete, "the node answered ok, but no consumer of group %s is active",
						r.title(at)).Next("%s shows them",
						fail.Command("list_stream_group_consumers", "-p", at.VHost, r.stream, r.reference))
				}
				o.Facts = facts
				return o, err
			}), nil
		},
	}
}

// consumers returns the consumers of the group, and reports whether one of them is active.
func (r *reader) consumers(ctx context.Context, at Site) (record.Document, bool, error) {
	names := []string{"subscription_id", "connection_name", "state"}
	if err := at.running(ctx); err != nil {
		return nil, false, err
	}
	rows, known, err := inside.GroupConsumers(ctx, at.Erlang, at.VHost, r.stream, r.reference, names)
	switch {
	case err != nil:
		return nil, false, notInRelease(err, groupless)
	case !known:
		return nil, false, notThere(&Missing{What: "group", Name: r.reference + " of stream " + r.stream, VHost: at.VHost},
			nil, fail.Command("list_stream_consumer_groups", "-p", at.VHost))
	}
	s := record.Section{Name: "consumers", Columns: record.Named(names...)}
	active := false
	for _, row := range rows {
		state := inside.Word(inside.ValueOf(row, "state"))
		active = active || len(state) >= 6 && state[:6] == "active"
		s.Rows = append(s.Rows, record.Row{record.Of(inside.Word(inside.ValueOf(row, "subscription_id"))),
			record.Of(inside.Word(inside.ValueOf(row, "connection_name"))), record.Of(state)})
	}
	return record.Document{s}, active, nil
}
