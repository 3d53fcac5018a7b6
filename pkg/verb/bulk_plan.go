package verb

import (
	"context"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// planned makes the plan for the objects that are not kept.
func (b *Bulk[T]) planned(c *broker.Client, ask Ask, all []judged[T]) (*change.Plan, error) {
	s := b.preview(all)
	var steps []change.Step
	var open []T
	b.latest.of = map[string]judged[T]{}
	for _, j := range all {
		if j.why != "" {
			continue
		}
		b.latest.of[keyOf(j.one)] = j
		open = append(open, j.one)
		vhost, name := j.one.Names()
		action := fmt.Sprintf("%s %s %s", b.Does, b.Noun, name)
		if vhost != "" {
			action += " in virtual host " + vhost
		}
		steps = append(steps, change.Step{Item: Label(j.one, ask.VHost), Action: action,
			Do: b.step(c, ask, j.one, len(steps) > 0)})
	}
	if b.Refuse != nil {
		if err := b.Refuse(open); err != nil {
			return nil, err
		}
	}
	if len(steps) == 0 {
		note := "nothing to " + b.Does + ": the flags choose no " + b.Noun
		if len(all) > 0 {
			note = "nothing to " + b.Does + " among " + b.among(len(all)) +
				"; the column why has one reason for each, even if there are several"
		}
		done := &change.Outcome{Word: "unchanged", Facts: record.Document{s}, Notes: []string{note}}
		if b.NoneSeen != nil {
			done.Failed = b.NoneSeen()
		}
		return &change.Plan{Done: done}, nil
	}
	if err := change.Lasts(len(steps), b.Noun, b.delay, ask.Timeout()); err != nil {
		return nil, err
	}
	p := &change.Plan{Summary: b.summary(len(steps), len(all)), Hits: record.Document{s}, Steps: steps, AtOnce: b.AtOnce}
	if b.delay > 0 {
		p.AtOnce = 1
	}
	if b.Look != nil {
		at := change.Site{Broker: c, VHost: ask.VHost, Clock: ask.Host}
		p.Finally = func(ctx context.Context, _ *change.Outcome) error { return b.Look(ctx, at, b.done) }
	}
	return p, nil
}

// preview makes a row for each selected object, with the planned action and the reason why the object is kept.
func (b *Bulk[T]) preview(all []judged[T]) record.Section {
	columns := []record.Column{{Name: "action"}}
	if !b.Global {
		columns = append(columns, record.Column{Name: "vhost"})
	}
	columns = append(append(append(columns, record.Column{Name: "name"}), b.Shown...), record.Column{Name: "why"})
	s := record.Section{Name: strings.ReplaceAll(b.many(), " ", "_"), Columns: columns}
	for _, j := range all {
		action := b.Does
		if j.why != "" {
			action = "keep"
		}
		vhost, name := j.one.Names()
		row := record.Row{record.Of(action)}
		if !b.Global {
			row = append(row, record.Of(vhost))
		}
		s.Rows = append(s.Rows, append(append(append(row, record.Of(name)), j.cells...), record.Of(j.why)))
	}
	return s
}

// step returns the function that changes one object. waits means that the object is not the first, so --delay applies.
func (b *Bulk[T]) step(c *broker.Client, ask Ask, one T, waits bool) func(context.Context) (change.Outcome, error) {
	return func(ctx context.Context) (change.Outcome, error) {
		if waits && b.delay > 0 {
			if err := ask.Sleep(ctx, b.delay); err != nil {
				return change.Outcome{}, err
			}
		}
		o, err := b.changeOne(ctx, c, ask, one)
		switch {
		case broker.IsNotFound(err):
			return change.Outcome{Word: "absent"}, nil
		case err != nil || o.Word != "":
			return o, err
		}
		o.Word = b.Did
		b.mu.Lock()
		defer b.mu.Unlock()
		b.done = append(b.done, one)
		return o, nil
	}
}

// among returns the number of the objects that were listed. With --idle these are not only the chosen ones.
func (b *Bulk[T]) among(all int) string {
	which := "chosen "
	if b.Idle > 0 {
		which = "listed "
	}
	return prose.Plural(all, which+b.Noun, which+b.many())
}

// summary says what is done to how many of all objects.
func (b *Bulk[T]) summary(changed, all int) string {
	if b.Idle == 0 {
		return fmt.Sprintf("%s %d of %s", b.Does, changed, b.among(all))
	}
	text := b.Does + " " + prose.Plural(changed, b.Noun, b.many())
	if kept := all - changed; kept > 0 {
		text += " and keep " + prose.Plural(kept, "other", "others")
	}
	return text
}
