package change

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// policyKind is true for operator policies, false for other policies.
type policyKind bool

func (k policyKind) noun() string {
	if k {
		return "operator policy"
	}
	return "policy"
}

// listing returns the name of the command that lists policies of this kind.
func (k policyKind) listing() string {
	if k {
		return "list_operator_policies"
	}
	return "list_policies"
}

func (k policyKind) names(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
	if k {
		return record.Texts(c.OperatorPolicies(ctx, vhost, record.Named("name")))
	}
	return record.Texts(c.Policies(ctx, vhost, record.Named("name")))
}

// list reads the policies of this kind in the virtual host: operator policies, or other policies.
func (k policyKind) list(ctx context.Context, at Site) ([]topology.Policy, error) {
	reader := record.NewReader(func(b *record.Binder, p *topology.Policy) {
		b.Text("name", &p.Name)
		b.Text("pattern", &p.Pattern)
		b.Text("apply-to", &p.ApplyTo)
		b.Int("priority", &p.Priority)
		b.Map("definition", &p.Definition)
	})
	rows := at.Broker.Policies
	if k {
		rows = at.Broker.OperatorPolicies
	}
	var all []topology.Policy
	for p, err := range reader.All(rows(ctx, at.VHost, reader.Columns())) {
		switch {
		case broker.IsNotFound(err):
			return nil, &Missing{What: "vhost", Name: at.VHost, Err: err}
		case err != nil:
			return nil, err
		}
		p.Operator = bool(k)
		all = append(all, p)
	}
	return all, nil
}

// named finds the policy of that name, and returns it and the other policies. found is nil if no policy has the name.
func named(all []topology.Policy, name string) (found *topology.Policy, others []topology.Policy) {
	for _, p := range all {
		if p.Name == name {
			found = &p
		} else {
			others = append(others, p)
		}
	}
	return found, others
}

// SetPolicy creates or replaces a policy.
func SetPolicy() Op { return setPolicy(false) }

// SetOperatorPolicy creates or replaces an operator policy.
func SetOperatorPolicy() Op { return setPolicy(true) }

func setPolicy(kind policyKind) Op {
	var definition json.RawMessage
	p := topology.Policy{ApplyTo: "all", Operator: bool(kind)}
	name := "set_policy"
	if kind {
		name = "set_operator_policy"
	}
	return Op{
		Name: name, Noun: kind.noun(), Scoped: true, Compares: true,
		Params: []Param{Arg("name", &p.Name, kind.names), FreeArg("pattern", "", &p.Pattern),
			{Name: "definition", Free: true, Set: jsonInto(&definition)}, priorityFlag(&p), applyToFlag(&p)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if at.Official {
				return kind.set(at, p, definition), nil
			}
			return kind.wanted(ctx, at, p, definition)
		},
	}
}

func priorityFlag(p *topology.Policy) Param {
	return Param{Name: "priority",
		Help: "of the matching policies, the one with the highest priority applies", Role: Option, Kind: Whole,
		Free: true, Default: "0", Set: func(text string) (err error) {
			if p.Priority, err = strconv.ParseInt(text, 10, strconv.IntSize); err != nil {
				return fmt.Errorf("a priority of %s is out of range", text)
			}
			return nil
		}}
}

func applyToFlag(p *topology.Policy) Param {
	return Flag("apply-to", "what the policy applies to", &p.ApplyTo, applyToWords(policyKind(p.Operator))...)
}

// set returns the plan that sets a policy. It sends definition unchanged, in place of p.Definition.
func (k policyKind) set(at Site, p topology.Policy, definition json.RawMessage) *Plan {
	return Once("set "+k.noun()+" "+p.Name+" in virtual host "+at.VHost, "created", func(ctx context.Context) error {
		err := at.Broker.SetPolicy(ctx, bool(k), at.VHost, p.Name, broker.PolicySettings{
			Pattern: p.Pattern, Definition: definition, Priority: int(p.Priority), ApplyTo: p.ApplyTo})
		return inVHost(ctx, at, keyless(p, err))
	})
}

// notPreviewed says at once why a preview was not possible, so that a run without a question says it, too. err is nil
// if the preview was possible.
func (k policyKind) notPreviewed(at Site, name string, err error) {
	if err != nil {
		at.Note("which queues %s %s applies to, and what they lose, is not known: %s", k.noun(), name, fail.InWords(err))
	}
}

// compare marks the plan as unchanged if the policy exists with these settings. Otherwise it adds the queues to which
// the policy would apply, those to which it would no longer apply, what they would lose, and a check of the effect.
func (k policyKind) compare(ctx context.Context, at Site, p topology.Policy, all []topology.Policy, plan *Plan) {
	has, others := named(all, p.Name)
	word, notes := "created", strange(p)
	switch {
	case has == nil:
		plan.Now = "missing"
	case reflect.DeepEqual(*has, p):
		plan.Already("unchanged").Done.Notes = notes
		return
	default:
		word = "changed"
	}
	plan.Notes = append(plan.Notes, notes...)
	unknown := policyChange{Policy: p, kind: k, was: has, others: others}.preview(ctx, at, plan)
	if has != nil && (has.Pattern != p.Pattern || has.ApplyTo != p.ApplyTo || has.Priority > p.Priority) {
		old := policyChange{Policy: *has, kind: k, goes: true, by: &p, was: has, others: others}.preview(ctx, at, plan)
		unknown = cmp.Or(unknown, old)
	}
	k.notPreviewed(at, p.Name, unknown)
	plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
		o.Word = word
		o.Notes = append(o.Notes, notes...)
		all, err := k.list(ctx, at)
		if err != nil {
			return o, err
		}
		if now, _ := named(all, p.Name); now == nil || !reflect.DeepEqual(*now, p) {
			o.Word, o.Failed = "differs", fail.Verdict(fail.Differs)
			o.Notes = append(o.Notes, "the broker accepted "+k.noun()+" "+p.Name+
				", but the policy is missing or differs from what was sent: rabbitctl "+k.listing()+
				" shows what the broker has")
		}
		return o, nil
	})
}

// ClearPolicy removes a policy.
func ClearPolicy() Op { return clearPolicy(false) }

// ClearOperatorPolicy removes an operator policy.
func ClearOperatorPolicy() Op { return clearPolicy(true) }

func clearPolicy(kind policyKind) Op {
	var name string
	command := "clear_policy"
	if kind {
		command = "clear_operator_policy"
	}
	return Op{
		Name: command, Noun: kind.noun(), Scoped: true, Loses: true, Removes: true, Each: true,
		Params: []Param{Arg("name", &name, kind.names)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan := Once("clear "+kind.noun()+" "+name+" in virtual host "+at.VHost, "cleared",
				func(ctx context.Context) error {
					err := at.Broker.ClearPolicy(ctx, bool(kind), at.VHost, name)
					if broker.IsNotFound(err) {
						return &Missing{What: kind.noun(), Name: name, VHost: at.VHost, Err: err}
					}
					return err
				})
			if at.Official {
				return plan, nil
			}
			if !utf8.ValidString(name) { // 3.10 lists such a policy under another name, and 4.3 fails
				plan.Notes = []string{unknownHits}
				return plan, nil
			}
			all, err := kind.list(ctx, at)
			if err != nil {
				return nil, err
			}
			has, others := named(all, name)
			if has == nil {
				return nil, &Missing{What: kind.noun(), Name: name, VHost: at.VHost}
			}
			// The steps are made one after the other, so a policy that is named later still applies after this step, and
			// queues can lose messages by it.
			gone := at.Together[:max(0, slices.Index(at.Together, name))]
			others = slices.DeleteFunc(others, func(p topology.Policy) bool { return slices.Contains(gone, p.Name) })
			kind.notPreviewed(at, name, policyChange{Policy: *has, kind: kind, goes: true, was: has, others: others,
				several: len(at.Together) > 1}.preview(ctx, at, plan))
			return plan, nil
		},
	}
}

// jsonInto returns a function that stores a text which is one JSON document. For any other text it returns NotJSON.
func jsonInto(into *json.RawMessage) func(string) error {
	return func(text string) error {
		d := json.NewDecoder(strings.NewReader(text))
		if err := d.Decode(into); err != nil || !topology.AtEnd(d) {
			return &NotJSON{text}
		}
		return nil
	}
}

// inVHost replaces the error of a change by Missing if the virtual host does not exist. Some releases answer such a
// change with status 500.
func inVHost(ctx context.Context, at Site, err error) error {
	if broker.IsNotFound(err) || broker.Status(err) >= 500 && !at.Broker.HasVHost(ctx, at.VHost) {
		return &Missing{What: "vhost", Name: at.VHost, Err: err}
	}
	return err
}
