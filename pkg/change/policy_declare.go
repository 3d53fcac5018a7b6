package change

import (
	"context"
	"encoding/json"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// DeclarePolicy does the same as SetPolicy, with an option for each well-known key that is not obsolete.
func DeclarePolicy() Op { return declarePolicy(false, "declare_policy") }

// DeclareOperatorPolicy does the same as SetOperatorPolicy, with an option for each well-known key that is not obsolete
// and that operator policies can have.
func DeclareOperatorPolicy() Op { return declarePolicy(true, "declare_operator_policy") }

func declarePolicy(kind policyKind, command string) Op {
	p := topology.Policy{ApplyTo: "all", Operator: bool(kind)}
	keys := policyKeys{arguments{}}
	anyKey := keys.setFlag()
	anyKey.Names = func(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
		return kind.keyNames(ctx, c, p.ApplyTo)
	}
	params := []Param{Arg("name", &p.Name, kind.names), FreeArg("pattern", "", &p.Pattern)}
	params = append(params, keys.options(kind)...)
	return Op{
		Name: command, Noun: kind.noun(), Scoped: true, Compares: true,
		Params: append(params, anyKey, keys.definitionFlag(), priorityFlag(&p), applyToFlag(&p)),
		Check: func() error {
			if len(keys.arguments) == 0 {
				return fail.Usagef("the %s sets no key", kind.noun()).
					Next("for example --max-length 1000; --set KEY=VALUE sets any key")
			}
			return nil
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			definition, err := json.Marshal(keys.sent())
			if err != nil {
				return nil, err
			}
			return kind.wanted(ctx, at, p, definition)
		},
	}
}

// wanted returns the plan that sets the policy, compared with the existing one. It refuses what no broker accepts or
// what the release does not have. It sends definition unchanged.
func (k policyKind) wanted(ctx context.Context, at Site, p topology.Policy, definition json.RawMessage) (*Plan, error) {
	p.Definition = record.Value(definition).Map()
	if p.Definition == nil {
		return nil, fail.Usagef("DEFINITION: it is not a JSON object: %s", definition)
	}
	if err := k.fit(at.VHost, p); err != nil {
		return nil, err
	}
	if err := k.known(ctx, at, p); err != nil {
		return nil, err
	}
	all, err := k.list(ctx, at)
	if err != nil {
		return nil, err
	}
	plan := k.set(at, p, definition)
	k.compare(ctx, at, p, all, plan)
	return plan, nil
}
