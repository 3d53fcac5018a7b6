package change

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// userLimits returns the limits of a user.
func userLimits(ctx context.Context, c *broker.Client, user string) (limits, error) {
	var all limits
	reader := limitsReader()
	for l, err := range reader.All(c.LimitsOfUser(ctx, user, reader.Columns())) {
		switch {
		case broker.IsNotFound(err):
			return nil, &Missing{What: "user", Name: user, Err: err}
		case err != nil:
			return nil, err
		}
		all = l
	}
	return all, nil
}

// limitsInto returns a function that parses limits from a JSON object. For any other text it returns NotJSON.
func limitsInto(into *limits) func(string) error {
	return func(text string) error {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(into); err != nil || !topology.AtEnd(d) {
			return &NotJSON{text}
		}
		return nil
	}
}

// SetUserLimits sets some limits of a user. The other limits stay.
func SetUserLimits() Op {
	var user string
	var wanted limits
	return Op{
		Name: "set_user_limits", Noun: "user limit", Compares: true,
		Params: []Param{Arg("username", &user, UserNames),
			{Name: "definition", Free: true, Set: limitsInto(&wanted)}},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if at.Official {
				if bad := wanted.bad(userLimitNames()); bad != nil {
					return nil, bad
				}
				if err := needUser(ctx, at, user); err != nil {
					return nil, err
				}
				return limiting(at, user, wanted, nil), nil
			}
			if err := wanted.check(userLimitNames()); err != nil {
				return nil, err
			}
			if len(wanted) == 0 {
				return nil, fail.Usagef("DEFINITION names no limit").Next(`for example {"max-connections":100}`)
			}
			has, err := userLimits(ctx, at.Broker, user)
			if err != nil {
				return nil, err
			}
			plan := limiting(at, user, wanted, has)
			if len(plan.Steps) == 0 {
				return Finished("unchanged"), nil
			}
			if len(has) == 0 {
				plan.Now = "missing"
			}
			return plan, nil
		},
	}
}

// limiting returns the plan that sets each wanted limit whose present value differs.
func limiting(at Site, user string, wanted, has limits) *Plan {
	plan := &Plan{}
	for _, name := range wanted.names() {
		if wanted.equals(name, has) {
			continue
		}
		action, word := fmt.Sprintf("limit user %s to %s %v", user, name, wanted[name]), "created"
		if before, some := has[name]; some {
			action, word = action+fmt.Sprintf(" (before: %v)", before), "changed"
		}
		plan.Steps = append(plan.Steps, Step{Action: action, Item: name,
			Do: func(ctx context.Context) (Outcome, error) {
				return Outcome{Word: word}, at.Broker.SetUserLimit(ctx, user, name, wanted[name])
			},
			See: func(ctx context.Context, o Outcome) (Outcome, error) {
				now, err := userLimits(ctx, at.Broker, user)
				return o, keptLimits("user "+user, wanted.equals(name, now), now, err)
			}})
	}
	return plan
}

// ClearUserLimits removes one limit of a user, or all.
func ClearUserLimits() Op {
	var user, limit string
	which := FreeArg("limit", "", &limit)
	which.Words = append(userLimitNames(), "all")
	return Op{
		Name: "clear_user_limits", Noun: "user limit", Loses: true, Removes: true,
		Params: []Param{Arg("username", &user, UserNames), which},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			names := []string{limit}
			switch {
			case limit == "all":
				names = userLimitNames()
			case !slices.Contains(userLimitNames(), limit) && at.Official:
				names = nil // the official tool accepts any word, and clears nothing
			case !slices.Contains(userLimitNames(), limit):
				return nil, fail.Usagef("LIMIT: %q is not one of %s%s", limit, strings.Join(which.Words, ", "),
					fail.DidYouMean(limit, which.Words))
			}
			plan := Once(fmt.Sprintf("clear %s of user %s", strings.Join(names, " and "), user), "cleared",
				func(ctx context.Context) error {
					for _, name := range names {
						if err := at.Broker.ClearUserLimit(ctx, user, name); err != nil && !broker.IsNotFound(err) {
							return err
						}
					}
					return nil
				})
			if at.Official {
				return plan, needUser(ctx, at, user)
			}
			has, err := userLimits(ctx, at.Broker, user)
			switch {
			case unreadable(err, user):
				plan.Notes = []string{unknownHits}
				return plan, nil
			case err != nil:
				return nil, err
			}
			names = slices.DeleteFunc(names, func(name string) bool { return has[name] == nil })
			if len(names) == 0 {
				return nil, &Missing{What: "user limit", Name: limit + " of " + user, Names: nobody}
			}
			plan.Steps[0].Action = fmt.Sprintf("clear %s of user %s", strings.Join(names, " and "), user)
			plan.Hits = has.fields("user", user)
			return plan, nil
		},
	}
}
