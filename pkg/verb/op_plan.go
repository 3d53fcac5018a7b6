package verb

import (
	"context"
	"errors"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// untouched adds "so far nothing was changed" to an error about one of several names. If the error is about this name
// alone, untouched also advises how to change the other names.
func untouched(err error) error {
	kind, next := fail.KindOf(err), fail.HintOf(err)
	switch {
	case kind == fail.Canceled || kind == fail.Usage:
		return err
	case kind == fail.Data || kind == fail.Incomplete || change.MissingOf(err) != nil:
		next = next.Do(fail.SkipItem)
	}
	return fail.New(kind, "%w", err).Advise(next.Say("so far nothing was changed"))
}

func (o *op) plan(ctx context.Context, c *broker.Client, ask Ask) (*change.Plan, error) {
	runs := o.runs(ask.Args)
	if len(runs) == 1 {
		return o.planOne(ctx, c, ask, runs[0])
	}
	all := &change.Plan{}
	waiting := 0
	for _, args := range runs {
		plan, err := o.planOne(ctx, c, ask, args)
		switch {
		case err != nil && !ask.KeepGoing:
			return nil, untouched(err)
		case err != nil:
			plan = &change.Plan{Done: &change.Outcome{Word: "failed", Failed: err}}
		}
		if plan.Done != nil {
			all.Steps = append(all.Steps, change.Step{Item: args[0], Settled: plan.Done})
			continue
		}
		for _, s := range plan.Steps {
			waiting++
			s.Item = args[0]
			all.Steps = append(all.Steps, s)
		}
		all.Hits = append(all.Hits, plan.Hits...)
		all.Dangers = append(all.Dangers, plan.Dangers...)
		for _, note := range plan.Notes { // several plans can have the same note
			if !slices.Contains(all.Notes, note) {
				all.Notes = append(all.Notes, note)
			}
		}
	}
	all.Hits = merged(all.Hits)
	if waiting == 0 {
		var rows itemRows
		for _, s := range all.Steps {
			rows.add(s, *s.Settled, s.Settled.Failed)
		}
		done := rows.outcome(len(all.Steps), ask.KeepGoing)
		all.Done = &done
	}
	return all, nil
}

// local makes the change and lets it read its local files. planOne goes on with this change.
func (o *op) local(ctx context.Context, c *broker.Client, ask Ask) error {
	fresh, err := o.fresh(ask.Args)
	if err != nil {
		return err
	}
	o.begun = &fresh
	return fresh.Read(ctx, o.site(c, ask))
}

func (o *op) site(c *broker.Client, ask Ask) change.Site {
	at := change.Site{Broker: c, VHost: ask.VHost, DryRun: ask.DryRun || o.check, Clock: ask.Host, Files: ask.Host,
		Generated: o.generates != nil && *o.generates, AMQP: ask.Program(o.Name), Erlang: ask.node}
	if o.Each {
		at.Together = ask.Args
	}
	return at
}

func (o *op) planOne(ctx context.Context, c *broker.Client, ask Ask, args []string) (*change.Plan, error) {
	fresh, err := o.fresh(args)
	if err != nil {
		return nil, err
	}
	if o.begun != nil {
		fresh = *o.begun
	}
	plan, err := fresh.Plan(ctx, o.site(c, ask))
	switch {
	case err != nil:
		return o.missing(ctx, c, err)
	case o.check && plan.Done == nil:
		return o.compared(plan), nil
	case o.ifExists && plan.Done == nil:
		plan = o.forgiving(plan)
	}
	return o.worded(c, plan), nil
}

// worded changes the plan so that an object that disappears in the meantime gives the same error as one that never
// existed.
func (o *op) worded(c *broker.Client, plan *change.Plan) *change.Plan {
	for i, s := range plan.Steps {
		if s.Do == nil {
			continue
		}
		plan.Steps[i].Do = func(ctx context.Context) (change.Outcome, error) {
			outcome, err := s.Do(ctx)
			if change.MissingOf(err) != nil {
				_, err = o.missing(ctx, c, err)
			}
			return outcome, err
		}
	}
	return plan
}

// compared makes the plan of a comparison that found a difference: its outcome is fixed, and no step changes anything.
func (o *op) compared(plan *change.Plan) *change.Plan {
	done := &change.Outcome{Word: "differs", Facts: plan.Hits, Compared: true, Notes: plan.Notes,
		Failed: fail.Verdict(fail.Differs)}
	if plan.Now != "" {
		done.Word, done.Failed = plan.Now, fail.Verdict(fail.NotFound)
	}
	if plan.Summary != "" {
		done.Notes = append(done.Notes, "a run without --check would "+plan.Summary)
		return &change.Plan{Done: done}
	}
	for _, s := range plan.Steps {
		done.Notes = append(done.Notes, "a run without --check would "+s.Action)
	}
	return &change.Plan{Done: done}
}

// forgiving changes the plan so that an object that is gone in the meantime is not a failure.
func (o *op) forgiving(plan *change.Plan) *change.Plan {
	for i, s := range plan.Steps {
		plan.Steps[i].Do = func(ctx context.Context) (change.Outcome, error) {
			outcome, err := s.Do(ctx)
			if m := change.MissingOf(err); m != nil && m.What == o.Noun || broker.IsNotFound(err) {
				return change.Outcome{Word: "absent"}, nil
			}
			return outcome, err
		}
	}
	return plan
}

// missing turns a change.Missing into an error that says which object does not exist: the object of the change, or
// another one.
func (o *op) missing(ctx context.Context, c *broker.Client, err error) (*change.Plan, error) {
	m := change.MissingOf(err)
	if m == nil {
		return nil, err
	}
	forgiven := o.ifExists && m.What == o.Noun
	// An error from the API is a change.Missing itself, without an error around it.
	_, api := err.(*change.Missing) //nolint:errorlint // one that is wrapped is of a node
	if (o.Erlang || o.OrErlang && !api) && !forgiven && fail.KindOf(err) == fail.NotFound {
		return nil, err // the node has reported what exists, and the API may not answer
	}
	if forgiven {
		// A 404 may mean that the virtual host does not exist, and a mistyped virtual host must not look like success.
		if m.VHost != "" && broker.IsNotFound(m.Err) {
			err = c.EnterVHost(ctx, m.VHost)
			return change.Finished("absent"), err
		}
		return change.Finished("absent"), nil
	}
	if m.What == "vhost" && o.Scoped && broker.IsNotFound(m.Err) {
		// Since 4.3 a virtual host to which the user has no access looks as if it did not exist.
		if shut := c.EnterVHost(ctx, m.Name); shut != nil {
			return nil, shut
		}
	}
	absent := Absent(ctx, c, err, change.InWords(m.What), m.VHost, m.Name, o.namesFor(m))
	if e := (*fail.Error)(nil); m.Hint != nil && errors.As(absent, &e) {
		e.Hint = m.Hint
	}
	return nil, absent
}

// namesFor returns an Arg that lists objects of the missing kind, for a suggestion.
func (o *op) namesFor(m *change.Missing) Arg {
	names := Arg{Complete: m.Names}
	for _, p := range o.args {
		if m.Names == nil && p.Names != nil && (names.Complete == nil && m.What == o.Noun || p.Name == m.What ||
			p.Name == m.What+"name" || p.Name == "name" && m.What == o.Noun) {
			names.Complete = p.Names
		}
	}
	if m.What == "vhost" {
		names.Complete = change.VHostNames
	}
	return names
}
