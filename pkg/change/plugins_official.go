package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// official plans two steps, because the official tool prints the configured plugins between them.
func (s *switching) official(ctx context.Context, at Site) (*Plan, error) {
	listed := func(names []string) (record.Section, error) {
		shown, err := s.now.Listed(ctx, at.Erlang, names)
		section := record.Section{Columns: record.Named("name")}
		for _, n := range shown {
			section.Rows = append(section.Rows, record.Row{record.Of(n)})
		}
		return section, err
	}
	var facts record.Document
	add := func(name string, names []string) error {
		section, err := listed(names)
		section.Name = name
		facts = append(facts, section)
		return err
	}
	if err := add("set", s.then); err != nil {
		return nil, err
	}
	if err := add("enabled", without(s.then, s.now.Implied)); err != nil {
		return nil, err
	}
	if err := add("disabled", without(s.now.Implied, s.then)); err != nil {
		return nil, err
	}
	missing := record.Section{Name: "missing", Columns: record.Named("name")}
	for _, n := range without(s.wanted, s.now.Names()) {
		missing.Rows = append(missing.Rows, record.Row{record.Of(n)})
	}
	facts = append(facts, missing)
	return &Plan{Steps: []Step{
		{Action: "write " + s.now.File, Do: func(ctx context.Context) (Outcome, error) {
			if later, err := at.since4(ctx, 3); err != nil || !later && len(missing.Rows) > 0 {
				if err == nil {
					err = fail.New(fail.Internal, "%w", &UnknownPlugins{without(s.wanted, s.now.Names())})
				}
				return Outcome{}, err
			}
			return Outcome{Word: "changed", Facts: facts}, s.write(ctx, at, s.wanted)
		}},
		{Action: "start and stop plugins", Do: func(ctx context.Context) (Outcome, error) {
			started, stopped, off, err := s.ensure(ctx, at)
			if err != nil {
				return Outcome{}, err
			}
			if off {
				return Outcome{Word: "offline", Facts: facts}, nil
			}
			if err = add("started", started); err == nil {
				err = add("stopped", stopped)
			}
			return Outcome{Word: "changed", Facts: facts}, err
		}},
	}}, nil
}
