package alarm

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// fix returns the change that sets other limits, and then checks whether publishers can go on.
func fix() *verb.Change {
	return &verb.Change{Destructive: true, Unscoped: true, Plan: planFix}
}

func planFix(ctx context.Context, c *broker.Client, ask verb.Ask) (*change.Plan, error) {
	facts, err := settledFacts(ctx, c, ask)
	if err != nil {
		return nil, err
	}
	a := diagnose.Blocked(facts)
	if !a.Stopped {
		plan := change.Finished("unchanged")
		plan.Done.Notes = []string{a.Verdict}
		if len(a.Silent) > 0 {
			plan.Done.Failed = fail.New(fail.Incomplete, "%s", a.Verdict).Next("rabbitctl cluster_status")
			plan.Done.Notes = nil
		}
		return plan, nil
	}
	plan, err := change.Unblock(ctx, change.Site{Broker: c, DryRun: ask.DryRun, Clock: ask.Host}, facts.Alarms, ask.Node)
	if err != nil {
		return nil, byHand(err, a.Fixes)
	}
	if plan.Done != nil {
		return plan, nil
	}
	if len(a.Blocked) > 0 {
		plan.Hits = append(plan.Hits, connectionSection("blocked", a.Blocked))
	}
	plan.Notes = append([]string{a.Verdict}, plan.Notes...)
	look := func(ctx context.Context, o *change.Outcome) error {
		return goneOn(ctx, c, ask, facts.Alarms, a.Blocked, o)
	}
	if len(plan.Steps) > 1 {
		plan.Finally = look
		return plan, nil
	}
	only := &plan.Steps[0]
	before := only.See
	only.See = func(ctx context.Context, o change.Outcome) (change.Outcome, error) {
		o, err := before(ctx, o)
		if err == nil {
			err = withNotes(look(ctx, &o), o.Notes)
		}
		return o, err
	}
	return plan, nil
}

// withNotes adds to an error the notes that say how long the limit holds, and how to keep it: after an error the outcome
// of the only step is not printed.
func withNotes(err error, notes []string) error {
	e := (*fail.Error)(nil)
	if !errors.As(err, &e) {
		return err
	}
	for _, note := range notes {
		e = e.Say("%s", note)
	}
	return e
}

// byHand adds to an error the limits that can be set on the machine of a node. It leaves out a node for which the error
// says that no limit helps.
func byHand(err error, fixes []diagnose.Fix) error {
	next := fail.HintOf(err)
	hopeless := &change.NoLimit{}
	errors.As(err, &hopeless)
	for _, f := range fixes {
		switch {
		case f.Node == hopeless.Node:
		case f.Sets:
			next = next.Say("or on the machine of %s: %s", f.Node, f.Text)
		case f.Keeps:
			next = next.Say("or in its rabbitmq.conf, for its next start: %s", f.Text)
		}
	}
	return fail.New(fail.KindOf(err), "rabbitctl cannot end the alarm: %w", err).Advise(next)
}

// How long to wait for the end of the alarms, and then for the connections. A node checks its memory every 2.5 s, and
// the listing of connections is up to 5 s old.
const (
	untilClear   = 15 * time.Second
	untilFlowing = 15 * time.Second
)

// goneOn checks whether the alarms have ended, and whether the broker reads from the blocked connections again. It adds
// what it found to the outcome.
func goneOn(ctx context.Context, c *broker.Client, ask verb.Ask, alarms []health.Alarm, stuck []diagnose.Connection,
	o *change.Outcome) error {
	var left []health.Alarm
	clear, err := ask.Until(ctx, untilClear, 200*time.Millisecond, time.Second, func() (_ bool, err error) {
		left, err = survey.Alarms(ctx, c)
		return len(left) == 0, err
	})
	switch {
	case err != nil:
		return fail.New(fail.KindOf(err), "the limit is set, but it is not known whether the alarm has ended: %w", err).
			Next("rabbitctl check_alarms")
	case !clear && slices.ContainsFunc(left, func(l health.Alarm) bool { return slices.Contains(alarms, l) }):
		return fail.New(fail.Unavailable, "the new limit is set, and publishers are still stopped: %s",
			health.AlarmWords(left)).Next("rabbitctl explain_blocked shows the limits, and what each node has free or uses")
	case !clear:
		return fail.New(fail.Unavailable, "the alarm has ended, and another one stops publishers: %s",
			health.AlarmWords(left)).Next("rabbitctl explain_blocked --fix")
	}
	now, err := stillStopped(ctx, c, ask, stuck)
	text := func(name string, v any) record.Field {
		return record.Field{Column: record.Column{Name: name}, Value: record.Of(v)}
	}
	facts := []record.Field{text("alarm", "cleared"), text("blocked_before", len(stuck))}
	switch {
	case err != nil:
		o.Notes = append(o.Notes, "the connections could not be listed: "+err.Error())
	case now > 0:
		o.Notes = append(o.Notes, prose.Plural(now, "connection is", "connections are")+" still listed as blocked, which "+
			"can be 5 s old: rabbitctl explain_blocked looks again")
	}
	if err == nil {
		facts = append(facts, text("blocked_now", now))
	}
	o.Facts = append(o.Facts, record.Fields("", facts...))
	return nil
}

// stillStopped waits some seconds until none of the connections in stuck is listed as blocked, and returns how many
// still are.
func stillStopped(ctx context.Context, c *broker.Client, ask verb.Ask,
	stuck []diagnose.Connection) (now int, err error) {
	if len(stuck) == 0 {
		return 0, nil
	}
	_, err = ask.Until(ctx, untilFlowing, 200*time.Millisecond, time.Second, func() (bool, error) {
		listed, _, err := survey.StoppedConnections(ctx, c)
		now = 0
		for _, l := range listed {
			if l.State == "blocked" && slices.ContainsFunc(stuck, func(s diagnose.Connection) bool { return s.Name == l.Name }) {
				now++
			}
		}
		return now == 0, err
	})
	return now, err
}
