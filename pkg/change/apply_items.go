package change

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// applyAtOnce is how many objects are looked at, and then deleted, at the same time.
const applyAtOnce = 8

// item is one object of a plan.
type item struct {
	definitions.Planned
	// removal deletes the object; nil if the object is only created or changed, or is refused, or is gone already.
	removal *Plan
	// refused says why the broker or rabbitctl would refuse to create, change or delete the object; nil if neither would.
	refused error
	dangers []string
}

// items looks at every object that would be deleted, with --replace also at those that are deleted to be recreated. It
// plans each deletion as the command for a single object does, so apply has the same refusals and warnings as that
// command. It does not look at objects that the broker's release refuses.
func (p *planned) items(ctx context.Context) ([]item, error) {
	items := make([]item, len(p.steps))
	next := make(chan int)
	var wait sync.WaitGroup
	for range applyAtOnce {
		wait.Go(func() {
			for i := range next {
				p.look(ctx, &items[i])
			}
		})
	}
	for i, s := range p.steps {
		items[i] = item{Planned: s, refused: p.refusal(s)}
		if items[i].refused != nil {
			continue
		}
		if p.changesOwn(s) {
			items[i].dangers = []string{"user " + s.Object.Key[0] + " is the one that this command logs in as"}
		}
		if s.Action == definitions.Replace || s.Action == definitions.Delete {
			p.at.Waiting("looking at %s", s.Object)
			next <- i
		}
	}
	close(next)
	wait.Wait()
	return items, fail.Ended(ctx)
}

func (p *planned) look(ctx context.Context, i *item) {
	if i.Action == definitions.Replace && !p.Replace {
		i.refused = fail.New(fail.Differs, "%s differs (%s), and cannot be changed", i.Object, memberTexts(i.Members)).
			Advise(fixFor(i.Object))
		return
	}
	plan, err := planRemoval(ctx, p.at, *i.A)
	switch {
	case err != nil && len(fail.HintOf(err)) == 0:
		i.refused = fail.New(fail.KindOf(err), "%w", err).Do(fail.SkipItem)
	case err != nil:
		i.refused = err
	case plan.Done == nil:
		i.removal, i.dangers = plan, plan.Dangers
	}
}

// fixFor is the next step for an object that differs from the file and cannot be changed.
func fixFor(o definitions.Object) fail.Advice {
	next := fail.Say("--replace deletes and recreates it with its bindings")
	if o.Kind == definitions.Queues {
		next = fail.Say("--replace deletes and recreates it if it is empty; to keep its messages: "+
			"%s, with the file's type and arguments (--to-type, --argument, --without); "+
			"it refuses streams, and the new queue is a durable classic or quorum queue, never auto-delete",
			fail.Command("migrate_queue", "-p", o.VHost, o.Name()))
	}
	return next.Do(fail.SkipItem)
}

// planRemoval plans the change that deletes the object, as the command for that object would. A queue with messages is
// refused, and so is a virtual host with such a queue.
func planRemoval(ctx context.Context, at Site, o definitions.Object) (*Plan, error) {
	at.VHost, at.Official = o.VHost, false
	if o.Kind == definitions.Bindings {
		b := &binding{Ends: broker.Ends{Source: o.Key[0], Kind: o.Key[1], Destination: o.Key[2]}, key: o.Key[3],
			arguments: record.Value(o.Key[4]).Map()}
		return unlessGone(b.unbind(ctx, at))
	}
	op, told := removalOf(o)
	for _, p := range op.Params {
		if text, is := told[p.Name]; is {
			if err := p.Set(text); err != nil {
				return nil, err
			}
		}
	}
	if op.Check != nil {
		if err := op.Check(); err != nil {
			return nil, err
		}
	}
	return unlessGone(op.Plan(ctx, at))
}

// unlessGone returns the plan, or a plan without steps if somebody else has deleted the object already.
func unlessGone(plan *Plan, err error) (*Plan, error) {
	if MissingOf(err) != nil {
		return Finished("absent"), nil
	}
	return plan, err
}

// removalOf is the change that deletes an object other than a binding, and the values of its parameters.
func removalOf(o definitions.Object) (Op, map[string]string) {
	name := o.Key[len(o.Key)-1]
	switch o.Kind {
	case definitions.VHosts:
		return DeleteVHost(), map[string]string{"vhost": name, "expect-messages": "0"}
	case definitions.Users:
		return DeleteUser(), map[string]string{"username": name}
	case definitions.Permissions:
		return ClearPermissions(), map[string]string{"username": name}
	case definitions.TopicPermissions:
		return ClearTopicPermissions(), map[string]string{"username": o.Key[0], "exchange": o.Key[1]}
	case definitions.GlobalParameters:
		return ClearGlobalParameter(), map[string]string{"name": name}
	case definitions.Parameters:
		return ClearParameter(), map[string]string{"component": o.Key[0], "name": name}
	case definitions.OperatorPolicies:
		return ClearOperatorPolicy(), map[string]string{"name": name}
	case definitions.VHostLimits:
		return ClearVHostLimits(), nil
	case definitions.Policies:
		return ClearPolicy(), map[string]string{"name": name}
	case definitions.Exchanges:
		return DeleteExchange(), map[string]string{"exchange": name}
	}
	return DeleteQueue(), map[string]string{"queue": name, "if-empty": "true"}
}

// shownPlan returns a table with a row for each object.
func shownPlan(items []item) record.Document {
	var rows []record.Row
	for _, i := range items {
		var why record.Value
		if i.refused != nil {
			why = record.Of(strings.TrimPrefix(fail.InWords(i.refused).Error(), i.Object.String()+": "))
		}
		if i.refused != nil && i.Action == definitions.Replace && fail.KindOf(i.refused) == fail.Differs {
			why = record.Of("it cannot be changed: see --replace")
		}
		rows = append(rows, record.Row{record.Of(string(i.Action)), record.Of(i.Object.Kind.Word()),
			record.Of(i.Object.VHost), record.Of(i.Object.Name()), record.Of(i.detail()), why})
	}
	return record.Document{{Name: "changes", Columns: []record.Column{{Name: "action"}, {Name: "kind"}, {Name: "vhost"},
		{Name: "name"}, {Name: "detail"}, {Name: "refused"}}, Rows: rows}}
}

// detail says which members of the object change, and what its deletion affects.
func (i item) detail() string {
	if i.Again {
		return "made again, since it ends when its queue or exchange is replaced"
	}
	texts := []string{memberTexts(i.Members), i.impact()}
	return strings.Join(slices.DeleteFunc(texts, func(t string) bool { return t == "" }), "; ")
}

// impact says what the deletion of the object affects: consumers: 2, bindings: 3. Counts of 0 are left out.
func (i item) impact() string {
	if i.removal == nil || len(i.removal.Hits) == 0 || !i.removal.Hits[0].One {
		return ""
	}
	var texts []string
	hits := i.removal.Hits[0]
	for at, c := range hits.Columns {
		n, _ := hits.Rows[0][at].Int()
		if c.Kind == record.Count && n > 0 {
			texts = append(texts, fmt.Sprintf("%s: %d", c.Name, n))
		}
	}
	return strings.Join(texts, ", ")
}

// memberTexts lists the members that differ: arguments.x-max-length: 5 -> 10. Values of secret members are left out.
func memberTexts(all []definitions.MemberDifference) string {
	var texts []string
	for _, m := range all {
		text := m.Name + ": " + valueText(m.A) + " -> " + valueText(m.B)
		if m.Secret {
			text = m.Name + " (secret)"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

func valueText(v record.Value) string {
	if !v.Known() {
		return "(none)"
	}
	return v.Text()
}
