package change

import (
	"context"
	"io"
	"maps"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// OfflinePlugins changes the file of enabled plugins of a node that does not run, as rabbitmq-plugins does on the
// node's own machine. how is enable, disable or set. The outcomes of its steps have the same facts as if a running node
// made the change.
func OfflinePlugins(how string, names []string, all bool, places PluginPlaces) Op {
	p := &plugging{how: how, names: names, all: all, file: places.File}
	return Op{Name: how, Noun: "plugin", Plan: func(ctx context.Context, at Site) (*Plan, error) {
		i, err := installedIn(ctx, at, places.Folders)
		if err != nil {
			return nil, err
		}
		enabled, err := enabledIn(at, places.File)
		if err != nil {
			return nil, err
		}
		was, wanted := i.needed(enabled), p.offline(i, enabled)
		then := i.needed(wanted)
		missing := slices.DeleteFunc(slices.Clone(wanted), func(n string) bool { _, is := i.plugins[n]; return is })
		facts := record.Document{namesSection("set", i.listed(then)), namesSection("enabled", i.listed(without(then, was))),
			namesSection("disabled", i.listed(without(was, then))), namesSection("missing", missing)}
		return &Plan{Steps: []Step{
			{Action: "write " + places.File, Do: func(context.Context) (Outcome, error) {
				if len(missing) > 0 && !release.AtLeast(i.release, 4, 3) {
					return Outcome{}, fail.New(fail.Internal, "%w", &UnknownPlugins{missing})
				}
				return Outcome{Word: "changed", Facts: facts}, at.Files.Replace(places.File, func(w io.Writer) error {
					_, err := io.WriteString(w, erlang.Text(inside.Words(wanted))+".\n")
					return err
				})
			}},
			{Action: "leave it to the next start", Do: func(context.Context) (Outcome, error) {
				return Outcome{Word: "offline", Facts: facts}, nil
			}},
		}}, nil
	}}
}

// offline returns the names that are to be in the file of enabled plugins.
func (p *plugging) offline(i *installed, enabled []string) []string {
	names := p.names
	if p.all {
		names = slices.Sorted(maps.Keys(i.plugins))
	}
	switch p.how {
	case "enable":
		return ordered(append(slices.Clone(enabled), without(names, i.needed(enabled))...))
	case "disable":
		return ordered(without(enabled, i.needing(names)))
	}
	return ordered(slices.Clone(names))
}

func namesSection(name string, names []string) record.Section {
	s := record.Section{Name: name, Columns: record.Named("name")}
	for _, n := range names {
		s.Rows = append(s.Rows, record.Row{record.Of(n)})
	}
	return s
}
