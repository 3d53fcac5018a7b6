package change

import (
	"context"
	"encoding/json"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// vhostLimits returns the limits of the virtual host at.VHost.
func vhostLimits(ctx context.Context, at Site) (limits, error) {
	var all limits
	reader := limitsReader()
	for l, err := range reader.All(at.Broker.VHostLimits(ctx, at.VHost, reader.Columns())) {
		switch {
		case broker.IsNotFound(err):
			return nil, &Missing{What: "vhost", Name: at.VHost, Err: err}
		case err != nil:
			return nil, err
		}
		all = l
	}
	return all, nil
}

// SetVHostLimits replaces all limits of a virtual host.
func SetVHostLimits() Op {
	var definition json.RawMessage
	return Op{
		Name: "set_vhost_limits", Noun: "vhost limit", Scoped: true, Compares: true,
		Params: []Param{{Name: "definition", Free: true, Set: jsonInto(&definition)}},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan := Once("set the limits of virtual host "+at.VHost+" to "+string(definition), "changed",
				func(ctx context.Context) error {
					return inVHost(ctx, at, at.Broker.SetParameter(ctx, "vhost-limits", at.VHost, "limits", definition))
				})
			if at.Official {
				return plan, nil
			}
			wanted := limits(record.Value(definition).Map())
			if wanted == nil {
				return nil, fail.Usagef("DEFINITION: it is not a JSON object: %s", definition)
			}
			if err := wanted.check(vhostLimitNames()); err != nil {
				return nil, err
			}
			has, err := vhostLimits(ctx, at)
			switch {
			case err != nil:
				return nil, err
			case wanted.same(has):
				return Finished("unchanged"), nil
			case len(has) == 0:
				plan.Now = "missing"
			default:
				plan.Steps[0].Action += " (before: " + has.text() + ")"
			}
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				if len(has) == 0 {
					o.Word = "created"
				}
				now, err := vhostLimits(ctx, at)
				return o, keptLimits("virtual host "+at.VHost, wanted.same(now), now, err)
			}), nil
		},
	}
}

// keptLimits returns an error if the limits, read back, are not those that the broker accepted.
func keptLimits(owner string, same bool, now limits, err error) error {
	switch {
	case err != nil:
		return fail.New(fail.Incomplete, "the limits of %s were set, but cannot be read back: %w", owner, err)
	case !same:
		return fail.New(fail.Incomplete, "the broker accepted the limits of %s, but now they are %s", owner, now.text()).
			Next("run the same command again, unless somebody else has set other limits on purpose")
	}
	return nil
}

// ClearVHostLimits removes all limits of a virtual host.
func ClearVHostLimits() Op {
	return Op{
		Name: "clear_vhost_limits", Noun: "vhost limit", Scoped: true, Loses: true, Removes: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			missing := &Missing{What: "vhost limit", Name: "of " + at.VHost, Names: nobody}
			plan := Once("clear the limits of virtual host "+at.VHost, "cleared", func(ctx context.Context) error {
				err := at.Broker.ClearParameter(ctx, "vhost-limits", at.VHost, "limits")
				if missing.Err = err; broker.IsNotFound(err) {
					return missing
				}
				return err
			})
			if at.Official {
				return plan, nil
			}
			has, err := vhostLimits(ctx, at)
			switch {
			case err != nil:
				return nil, err
			case len(has) == 0:
				return nil, missing
			}
			plan.Hits = has.fields("vhost", at.VHost)
			return plan, nil
		},
	}
}
