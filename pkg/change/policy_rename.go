package change

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// RenamePolicy gives a policy another name.
func RenamePolicy() Op { return renamePolicy(false, "rename_policy") }

// RenameOperatorPolicy gives an operator policy another name.
func RenameOperatorPolicy() Op { return renamePolicy(true, "rename_operator_policy") }

// renamePolicy creates the new policy before it removes the old one, so that queues are never without it. If a run is
// interrupted in between, the next run finishes it.
func renamePolicy(kind policyKind, command string) Op {
	var from, to string
	return Op{
		Name: command, Noun: kind.noun(), Scoped: true, Removes: true,
		Params: []Param{Arg("name", &from, kind.names), Arg("new_name", &to, nil)},
		Check: func() error {
			if from == to {
				return fail.Usagef("NAME and NEW_NAME are the same")
			}
			return nil
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			all, err := kind.list(ctx, at)
			if err != nil {
				return nil, err
			}
			has, others := named(all, from)
			there, _ := named(others, to)
			switch {
			case has == nil && there != nil:
				// Perhaps an earlier run has renamed the policy. But the policy with the new name can also be an unrelated one.
				return nil, &Missing{What: kind.noun(), Name: from, VHost: at.VHost, Names: nobody,
					Hint: fail.Say("%s %s exists: if an earlier run made it from %s, there is nothing left to do",
						kind.noun(), to, from)}
			case has == nil:
				return nil, &Missing{What: kind.noun(), Name: from, VHost: at.VHost}
			}
			wanted := *has
			wanted.Name = to
			if there != nil && !reflect.DeepEqual(*there, wanted) {
				return &Plan{Done: &Outcome{Word: "differs", Failed: fail.Verdict(fail.Differs), Notes: []string{
					fmt.Sprintf("%s %s exists already with other settings: nothing was changed", kind.noun(), to)}}}, nil
			}
			definition, err := json.Marshal(wanted.Definition)
			if err != nil {
				return nil, err
			}
			made := kind.set(at, wanted, definition).Steps[0]
			made.Item = to
			if there != nil {
				made = Step{Item: to, Settled: &Outcome{Word: "unchanged"}}
			}
			return &Plan{Steps: []Step{made, kind.cleared(at, wanted, from)}}, nil
		},
	}
}

// cleared returns the step that removes the old policy. The step first checks that the new policy exists.
func (k policyKind) cleared(at Site, wanted topology.Policy, from string) Step {
	return Step{Item: from, Action: "clear " + k.noun() + " " + from + " in virtual host " + at.VHost,
		Do: func(ctx context.Context) (Outcome, error) {
			all, err := k.list(ctx, at)
			if err != nil {
				return Outcome{}, err
			}
			if now, _ := named(all, wanted.Name); now == nil || !reflect.DeepEqual(*now, wanted) {
				return Outcome{}, fail.New(fail.Incomplete, "%[1]s %[2]s is missing or has other settings than "+
					"%[1]s %[3]s, so %[1]s %[3]s was not deleted", k.noun(), wanted.Name, from).
					Next("somebody else may have changed or deleted %[1]s %[2]s: run the same command again once %[1]s %[2]s "+
						"does not exist or has the settings of %[1]s %[3]s", k.noun(), wanted.Name, from)
			}
			err = at.Broker.ClearPolicy(ctx, bool(k), at.VHost, from)
			if broker.IsNotFound(err) {
				return Outcome{Word: "absent"}, nil
			}
			return Outcome{Word: "deleted"}, err
		}}
}
