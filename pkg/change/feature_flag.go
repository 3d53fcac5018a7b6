package change

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// OptIn is the cause of an error about --opt-in: the option is missing for the experimental feature flag Name, or it
// was given for all flags, and Name is "".
type OptIn struct{ Name string }

func (o *OptIn) Error() string { return "--opt-in " + o.Name }

// optIn is the usage error whose cause is OptIn.
func optIn(name string) error {
	e := fail.Usagef("feature flag %s is experimental, and needs --opt-in", name)
	if name == "" {
		e = fail.Usagef("--opt-in is for one feature flag by its name, not for all")
	}
	e.Err = &OptIn{name}
	return e
}

// Unreadable is the cause of an error about a listing in which a feature flag has no name or no state.
type Unreadable struct{}

func (*Unreadable) Error() string { return "a feature flag without a name, or without a state" }

type featureFlag struct{ name, state, stability string }

func featureFlags(ctx context.Context, c *broker.Client) ([]featureFlag, error) {
	reader := record.NewReader(func(b *record.Binder, f *featureFlag) {
		b.Text("name", &f.name)
		b.Text("state", &f.state)
		b.Text("stability", &f.stability)
	})
	var all []featureFlag
	for f, err := range reader.All(c.FeatureFlags(ctx, reader.Columns())) {
		switch {
		case err != nil:
			return nil, err
		case f.name == "", f.state == "":
			e := fail.New(fail.Data, "%s lists a feature flag without a name, or without a state", c.BaseURL()).
				Next("nothing was enabled; rabbitctl list_feature_flags shows the list that arrived: did a proxy change it?")
			e.Err = &Unreadable{}
			return nil, e
		}
		all = append(all, f)
	}
	return all, nil
}

// disabledFlags returns the names for completion: those of the flags that are not enabled, and "all".
func disabledFlags(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
	all, err := featureFlags(ctx, c)
	names := []string{"all"}
	for _, f := range all {
		if f.state != "enabled" {
			names = append(names, f.name)
		}
	}
	return names, err
}

// EnableFeatureFlag enables a feature flag, or all but the experimental ones.
func EnableFeatureFlag() Op {
	var name string
	var opted, experimental bool
	return Op{
		Name: "enable_feature_flag", Noun: "feature flag", Compares: true,
		Params: []Param{{Name: "feature_flag", Free: true, Names: disabledFlags, Set: textInto(&name)},
			Switch("opt-in", "enable an experimental feature flag", &opted),
			Switch("experimental", "", &experimental).Official()},
		Check: func() error {
			if name == "all" && (opted || experimental) {
				return optIn("")
			}
			return nil
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			all, err := featureFlags(ctx, at.Broker)
			if err != nil {
				return nil, err
			}
			wanted, err := wantedFlags(all, name, opted || experimental)
			switch {
			case err != nil:
				return nil, err
			case len(wanted) == 0:
				return Finished("unchanged"), nil
			}
			return enabling(at, name, wanted), nil
		},
	}
}

// wantedFlags returns the flags that are to be enabled: the named flag, or all but the experimental ones if name is
// "all". Flags that are enabled already are left out.
func wantedFlags(all []featureFlag, name string, opted bool) ([]featureFlag, error) {
	var wanted []featureFlag
	known := name == "all"
	for _, f := range all {
		known = known || f.name == name
		switch {
		case f.state == "enabled", name != "all" && f.name != name, name == "all" && f.stability == "experimental":
			continue
		case f.stability == "experimental" && !opted:
			return nil, optIn(f.name)
		}
		wanted = append(wanted, f)
	}
	if !known {
		return nil, &Missing{What: "feature flag", Name: name}
	}
	return wanted, nil
}

func enabling(at Site, name string, wanted []featureFlag) *Plan {
	s := record.Section{Name: "feature_flags", Columns: record.Named("feature_flag", "state", "stability")}
	plan := &Plan{Dangers: []string{"an enabled feature flag cannot be disabled again"}}
	for _, f := range wanted {
		s.Rows = append(s.Rows, record.Row{record.Of(f.name), record.Of(f.state), record.Of(f.stability)})
		plan.Steps = append(plan.Steps, Step{Item: f.name, Action: "enable feature flag " + f.name,
			Do: func(ctx context.Context) (Outcome, error) {
				if err := at.Broker.EnableFeatureFlag(ctx, f.name); err != nil {
					return Outcome{}, fmt.Errorf("%s: %w", f.name, err)
				}
				return Outcome{Word: "enabled"}, nil
			},
			See: func(ctx context.Context, o Outcome) (Outcome, error) { return o, enabled(ctx, at, f.name) }})
	}
	plan.Hits = record.Document{s}
	if name == "all" {
		plan.Summary = "enable " + prose.Plural(len(wanted), "feature flag", "feature flags")
	}
	return plan
}

// enabled checks that a flag is enabled now. It waits up to flagPatience while nodes still change the flag.
func enabled(ctx context.Context, at Site, name string) error {
	state := ""
	ok, err := at.Until(ctx, flagPatience, firstLook, mostLook, func() (bool, error) {
		all, err := featureFlags(ctx, at.Broker)
		if i := slices.IndexFunc(all, func(f featureFlag) bool { return f.name == name }); i >= 0 {
			state = all[i].state
		}
		return state == "enabled", err
	})
	switch {
	case err != nil:
		return fail.New(fail.KindOf(err), "feature flag %s was enabled, but cannot be read back: %w", name, err)
	case !ok:
		return fail.New(fail.Incomplete, "the broker accepted the request, but feature flag %s is %s", name,
			strings.ReplaceAll(state, "_", " ")).Next("the broker's log says more")
	}
	return nil
}
