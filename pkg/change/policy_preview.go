package change

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// policyChange describes a policy that is created, changed or removed.
type policyChange struct {
	topology.Policy
	kind policyKind
	// goes means that the preview shows the queues to which the policy no longer applies. If by is nil, the policy is
	// removed; otherwise it is changed.
	goes bool
	// by is the policy after the change. It is set only for a preview of the queues to which the policy no longer applies;
	// it is nil for any other preview.
	by *topology.Policy
	// was is the policy of this name before the change; nil if there is none.
	was *topology.Policy
	// others are all other policies of the same kind. Those that the command removes before this one are left out.
	others []topology.Policy
	// several means that the command removes several policies, so that the rows have to name this one.
	several bool
}

// previewed is a queue in the preview of a policy.
type previewed struct {
	topology.Stock
	name string
}

// preview adds queues to the plan, and what they would lose at once. If c.goes is false, these are the queues to which
// the policy will apply, each with the policy that applies to it before the change. If c.goes is true, these are the
// queues to which the policy no longer applies, each with the policy that applies to it after the change. If the queues
// cannot be found, preview returns why, and the change goes on: the queues of a sick cluster cannot always be listed.
func (c policyChange) preview(ctx context.Context, at Site, plan *Plan) error {
	rules, err := c.rules()
	if err != nil {
		return err
	}
	others, notes := contest(c.others)
	plan.Notes = append(plan.Notes, notes...)
	so := c.before()
	var merging contestants
	if c.loses() {
		merging = c.otherKind(ctx, at, plan)
	}
	found, err := c.found(ctx, at, rules, others, so, merging)
	again := err == nil && found.lagging && len(found.dangers()) == 0
	if again {
		// The newest messages of a quorum queue are counted some seconds late.
		at.Waiting("waiting %s, since counts of quorum queues can be older than their messages", LagOfQueue("quorum"))
		if err = at.Sleep(ctx, LagOfQueue("quorum")); err == nil {
			found, err = c.found(ctx, at, rules, others, so, merging)
		}
	}
	if err != nil {
		return err
	}
	if len(found.rows) == 0 && c.by != nil {
		return nil
	}
	plan.Hits = append(plan.Hits, found.section())
	plan.Dangers = append(plan.Dangers, found.dangers()...)
	if found.lagging && !again {
		plan.Notes = append(plan.Notes, "the counts of quorum queues can be up to 5 s old")
	}
	if found.tied {
		plan.Notes = append(plan.Notes,
			"another policy with the same priority matches too: which of them applies is not defined")
	}
	return nil
}

// found returns the queues that the preview shows, with what each would lose now.
func (c policyChange) found(ctx context.Context, at Site, rules func(previewed, *topology.Policy) bool,
	others, so, merging contestants) (previewRows, error) {
	found := previewRows{name: "applies_to", column: "policy_before", losses: c.loses()}
	if c.goes {
		found.name, found.column = "no_longer_applies_to", "policy_after"
	}
	if c.several {
		found.cleared = c.Name
	}
	for q, err := range hitRows(ctx, at, found.losses) {
		if err != nil {
			return found, err
		}
		best := others.best(q)
		if !rules(q, best) || best != nil && best.Priority > c.Priority {
			continue
		}
		found.tied = found.tied || best != nil && best.Priority == c.Priority
		shown := best
		if !c.goes {
			shown = so.best(q)
		}
		found.add(q, shown, c.loss(q, so, best, merging.best(q)))
	}
	return found, nil
}

// rules returns a function that reports whether the preview shows a queue. That function takes the queue and best, the
// best of the other policies for that queue.
func (c policyChange) rules() (func(q previewed, best *topology.Policy) bool, error) {
	rules, err := ruling(c.Policy)
	if c.by == nil || err != nil {
		return func(q previewed, _ *topology.Policy) bool { return rules(q.name, q.Type) }, err
	}
	then, err := ruling(*c.by)
	return func(q previewed, best *topology.Policy) bool {
		stays := then(q.name, q.Type) && (best == nil || best.Priority <= c.by.Priority)
		return rules(q.name, q.Type) && !stays
	}, err
}

// before returns the policies of this kind before the change.
func (c policyChange) before() contestants {
	all := slices.Clone(c.others)
	if c.was != nil {
		all = append(all, *c.was)
	}
	so, _ := contest(all)
	return so
}

// loses reports whether the change can make queues lose messages: by the policy itself or, if the policy no longer
// applies to them, by the policy that applies instead.
func (c policyChange) loses() bool {
	if !c.goes {
		return topology.LosingKeys(c.Definition)
	}
	return slices.ContainsFunc(c.others, func(o topology.Policy) bool { return topology.LosingKeys(o.Definition) })
}

// otherKind returns the policies that the broker merges with those of this kind: operator policies for policies, and
// policies for operator policies.
func (c policyChange) otherKind(ctx context.Context, at Site, plan *Plan) contestants {
	all, err := (!c.kind).list(ctx, at)
	if err != nil {
		plan.Notes = append(plan.Notes, "policies that the broker merges with this one are left out of the preview: "+
			err.Error())
	}
	found, _ := contest(all)
	return found
}

// loss returns what a queue loses if the policy is set or removed. best is the best other policy of the same kind;
// merged is the policy of the other kind.
func (c policyChange) loss(q previewed, so contestants, best, merged *topology.Policy) *topology.Loss {
	now := &c.Policy
	if c.goes {
		now = best
	}
	both := func(p *topology.Policy) map[string]any {
		if c.kind {
			return topology.Merged(defined(merged), defined(p))
		}
		return topology.Merged(defined(p), defined(merged))
	}
	return q.Losing(both(so.best(q)), both(now))
}

func defined(p *topology.Policy) map[string]any {
	if p == nil {
		return nil
	}
	return p.Definition
}

// hitRows returns the queues of the virtual host. If counts is true, each queue comes with its arguments and with the
// number of its ready messages; for a quorum queue that number can be some seconds old.
func hitRows(ctx context.Context, at Site, counts bool) iter.Seq2[previewed, error] {
	reader := record.NewReader(func(b *record.Binder, q *previewed) {
		b.Text("name", &q.name)
		b.Text("type", &q.Type)
		if counts {
			b.Map("arguments", &q.Arguments)
			b.Value("messages_ready", func(v record.Value) { q.Ready, q.Known = v.Int() })
		}
	})
	if counts {
		return reader.All(queues.Totals(ctx, at.Broker, at.VHost, reader.Columns()))
	}
	return reader.All(queues.Read(ctx, at.Broker, at.VHost, reader.Columns()))
}

// previewRows are the queues of a preview. certain names those that lose messages, and lost is how many messages they
// lose in all; more means that they may lose more than that, for example by a message-ttl. perhaps names those that may
// lose messages, and ending those that are deleted once they are unused.
//
// cleared is the name of the policy in the first column; "" if there is no such column.
type previewRows struct {
	name, column, cleared       string
	losses, tied, lagging, more bool
	rows                        []record.Row
	certain                     []string
	perhaps                     []string
	ending                      []string
	lost                        int64
}

func (h *previewRows) add(q previewed, policy *topology.Policy, loss *topology.Loss) {
	var name, text record.Value
	if policy != nil {
		name = record.Of(policy.Name)
	}
	h.lagging = h.lagging || h.losses && q.Type == "quorum"
	row := record.Row{record.Of(q.name), record.Of(q.Type), name}
	if !h.losses {
		h.rows = append(h.rows, row)
		return
	}
	var ready record.Value
	if q.Known {
		ready = record.Of(q.Ready)
	}
	if loss != nil {
		text = record.Of(loss.Text)
		h.lost += loss.Messages
		switch {
		case loss.Messages > 0:
			h.certain, h.more = append(h.certain, q.name), h.more || loss.Perhaps
		case loss.Perhaps:
			h.perhaps = append(h.perhaps, q.name)
		}
		if loss.Ends {
			h.ending = append(h.ending, q.name)
		}
	}
	h.rows = append(h.rows, append(row, ready, text))
}

func (h *previewRows) section() record.Section {
	s := record.Section{Name: h.name, Columns: []record.Column{{Name: "queue"}, {Name: "type"}, {Name: h.column}},
		Rows: h.rows}
	if h.losses {
		s.Columns = append(s.Columns, record.Column{Name: "messages_ready", Kind: record.Count},
			record.Column{Name: "effect"})
	}
	if h.cleared != "" {
		s.Columns = slices.Insert(s.Columns, 0, record.Column{Name: "cleared"})
		for i, row := range s.Rows {
			s.Rows[i] = slices.Insert(row, 0, record.Of(h.cleared))
		}
	}
	return s
}

// dangers returns sentences about what the queues would lose.
func (h *previewRows) dangers() (all []string) {
	if len(h.certain) > 0 {
		least := ""
		if h.more {
			least = "at least "
		}
		all = append(all, fmt.Sprintf("%s%s would now be dropped or dead-lettered from %s: %s", least,
			prose.Plural(int(h.lost), "message", "messages"), prose.Plural(len(h.certain), "queue", "queues"), some(h.certain)))
	}
	if len(h.perhaps) > 0 {
		all = append(all, fmt.Sprintf("messages may be dropped or dead-lettered after this change, from %s: %s",
			prose.Plural(len(h.perhaps), "queue", "queues"), some(h.perhaps)))
	}
	if len(h.ending) > 0 {
		all = append(all, fmt.Sprintf("%s would be deleted when unused for the time in expires: %s",
			prose.Plural(len(h.ending), "queue", "queues"), some(h.ending)))
	}
	return all
}

// some writes the first five names of a list, and says whether there are others.
func some(names []string) string {
	const most = 5
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}
