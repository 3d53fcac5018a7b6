package change

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// UpdatePolicy changes some settings of a policy, and keeps all others.
func UpdatePolicy() Op { return updatePolicy(false, "update_policy") }

// UpdateOperatorPolicy changes some settings of an operator policy, and keeps all others.
func UpdateOperatorPolicy() Op { return updatePolicy(true, "update_operator_policy") }

// patch describes the changes to a policy.
type patch struct {
	set   map[string]any
	unset []string
	// others change the pattern, the priority and what the policy applies to.
	others []func(*topology.Policy)
}

func updatePolicy(kind policyKind, command string) Op {
	var name string
	to := patch{set: map[string]any{}}
	params := append([]Param{Arg("name", &name, kind.names)}, to.params(kind)...)
	for i := range params {
		switch params[i].Name {
		case "set":
			params[i].Names = func(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
				has, err := kind.toChange(ctx, c, vhost, name)
				if err != nil {
					return nil, err
				}
				p, _ := to.applied(has)
				return kind.keyNames(ctx, c, p.ApplyTo)
			}
		case "unset":
			params[i].Names = func(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
				has, err := kind.toChange(ctx, c, vhost, name)
				return slices.Sorted(maps.Keys(has.Definition)), err
			}
		}
	}
	return Op{
		Name: command, Noun: kind.noun(), Scoped: true, Compares: true,
		Params: params,
		Check:  to.check,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			all, err := kind.list(ctx, at)
			if err != nil {
				return nil, err
			}
			has, _ := named(all, name)
			if has == nil {
				return nil, &Missing{What: kind.noun(), Name: name, VHost: at.VHost}
			}
			p, notes := to.applied(*has)
			if err := kind.fit(at.VHost, p); err != nil {
				return nil, err
			}
			if err := kind.known(ctx, at, p); err != nil {
				return nil, err
			}
			definition, err := json.Marshal(p.Definition)
			if err != nil {
				return nil, err
			}
			plan := kind.set(at, p, definition)
			plan.Steps[0].Action = fmt.Sprintf("update %s %s: %s, in virtual host %s", kind.noun(), name,
				differences(*has, p), at.VHost)
			plan.Notes = notes
			kind.compare(ctx, at, p, all, plan)
			if plan.Done != nil {
				plan.Done.Notes = append(notes, plan.Done.Notes...)
				return plan, nil
			}
			see := plan.Steps[0].See
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				o.Notes = append(o.Notes, notes...)
				return see(ctx, o)
			}), nil
		},
	}
}

// toChange returns the policy of that name, for completion; an empty policy if there is none of that name.
func (k policyKind) toChange(ctx context.Context, c *broker.Client, vhost, name string) (topology.Policy, error) {
	all, err := k.list(ctx, Site{Broker: c, VHost: vhost})
	if has, _ := named(all, name); has != nil {
		return *has, err
	}
	return topology.Policy{}, err
}

func (to *patch) params(kind policyKind) []Param {
	other := func(change func(*topology.Policy)) { to.others = append(to.others, change) }
	var none string
	applyTo := Flag("apply-to", "what the policy applies to from now on", &none, applyToWords(kind)...)
	applyTo.Set = func(text string) error {
		other(func(p *topology.Policy) { p.ApplyTo = text })
		return nil
	}
	return []Param{
		{Name: "set", Help: "`KEY=VALUE` to set; VALUE can have a unit, as in message-ttl=10m (may be repeated)",
			Role: Option, Free: true, Set: func(text string) error {
				key, value, err := topology.ParsePolicyKey(text)
				if err == nil {
					to.set[key] = value
				}
				return err
			}},
		{Name: "unset", Help: "`KEY` to remove (may be repeated)", Role: Option, Free: true, Set: func(text string) error {
			to.unset = append(to.unset, text)
			return nil
		}},
		{Name: "pattern", Help: "another pattern", Role: Option, Free: true, Set: func(text string) error {
			other(func(p *topology.Policy) { p.Pattern = text })
			return nil
		}},
		{Name: "priority", Help: "another priority", Role: Option, Kind: Whole, Free: true, Set: func(text string) error {
			n, err := strconv.ParseInt(text, 10, strconv.IntSize)
			if err != nil {
				return fmt.Errorf("%q is not a whole number, or out of range", text)
			}
			other(func(p *topology.Policy) { p.Priority = n })
			return nil
		}}, applyTo,
	}
}

func (to *patch) check() error {
	if len(to.set)+len(to.unset)+len(to.others) == 0 {
		return fail.Usagef("no change is given").
			Next("give --set KEY=VALUE, --unset KEY, --pattern, --priority or --apply-to")
	}
	for _, key := range to.unset {
		if _, both := to.set[key]; both {
			return fail.Usagef("%s cannot be both set and unset", key)
		}
	}
	return nil
}

// applied returns the policy after the changes. The notes name keys that were to be removed, but that the policy does
// not set.
func (to *patch) applied(has topology.Policy) (p topology.Policy, notes []string) {
	p = has
	p.Definition = maps.Clone(has.Definition)
	if p.Definition == nil {
		p.Definition = map[string]any{}
	}
	for _, key := range to.unset {
		if _, is := p.Definition[key]; !is {
			notes = append(notes, fmt.Sprintf("nothing to unset: %s had no key %s", has.Name, key))
		}
		delete(p.Definition, key)
	}
	maps.Copy(p.Definition, to.set)
	for _, change := range to.others {
		change(&p)
	}
	return p, notes
}

// differences says in one line what changes between two policies: "max-length 9 -> 5, unset message-ttl (was 60000)".
func differences(from, to topology.Policy) string {
	var all []string
	say := func(what string, a, b any) {
		if !reflect.DeepEqual(a, b) {
			all = append(all, fmt.Sprintf("%s %s -> %s", what, topology.Written(a), topology.Written(b)))
		}
	}
	for _, key := range topology.Differing(from.Definition, to.Definition) {
		was, had := from.Definition[key]
		is, has := to.Definition[key]
		switch {
		case !had:
			all = append(all, fmt.Sprintf("set %s %s", key, topology.Written(is)))
		case !has:
			all = append(all, fmt.Sprintf("unset %s (was %s)", key, topology.Written(was)))
		default:
			say(key, was, is)
		}
	}
	say("pattern", from.Pattern, to.Pattern)
	say("priority", from.Priority, to.Priority)
	say("apply-to", from.ApplyTo, to.ApplyTo)
	return strings.Join(all, ", ")
}

// applyToWords returns the values of --apply-to for a policy of the kind.
func applyToWords(kind policyKind) []string {
	words := []string{"all", "queues", "exchanges", "classic_queues", "quorum_queues", "streams"}
	if kind {
		words = slices.DeleteFunc(words, func(w string) bool { return w == "exchanges" })
	}
	return words
}
