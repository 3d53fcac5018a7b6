package change

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// PluginsFileOption is the name of the option that changes a local file of enabled plugins, and not the plugins of a
// node.
const PluginsFileOption = "enabled-plugins-file"

// UnknownPlugins is the cause of an error about plugins that are not installed on the node.
type UnknownPlugins struct{ Names []string }

func (u *UnknownPlugins) Error() string { return "not installed: " + strings.Join(u.Names, ", ") }

// plugging is one run of a command that changes which plugins are enabled on a node.
type plugging struct {
	how   string // enable, disable, set
	names []string
	all   bool
	file  string
}

// EnablePlugins enables plugins on a node.
func EnablePlugins() Op { return plugins("enable") }

// DisablePlugins disables plugins on a node, and the plugins that need them.
func DisablePlugins() Op { return plugins("disable") }

// SetPlugins enables plugins on a node, and disables all others.
func SetPlugins() Op { return plugins("set") }

func plugins(how string) Op {
	p := &plugging{how: how}
	names := RestArg("plugin", &p.names)
	names.OnNode = p.offered
	op := Op{Name: how + "_plugins", Noun: "plugin", Erlang: true, Lasting: true, Loses: how != "enable",
		LocalOption: PluginsFileOption, Plan: p.plan, Check: p.check,
		Params: []Param{names,
			Flag(PluginsFileOption, "change this local `FILE` of a node that does not run, and ask no node", &p.file).OfFile().Own(),
			Switch("online", "", new(bool)).Official(), Switch("offline", "", new(bool)).Official()}}
	switch how {
	case "enable":
		op.Params = append(op.Params, Switch("all", "", &p.all).Official())
	case "disable":
		op.Params = append(op.Params, Switch("all", "disable all plugins", &p.all))
	}
	return op
}

// offered returns the names that completion offers: installed plugins, or for disable_plugins only the enabled ones and
// those that they need. It leaves out libraries.
func (p *plugging) offered(ctx context.Context, n *erldist.Client) ([]string, error) {
	of, err := inside.PluginsOf(ctx, n)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, one := range of.All {
		if !one.Library && (p.how != "disable" || slices.Contains(of.Implied, one.Name)) {
			names = append(names, one.Name)
		}
	}
	return names, nil
}

func (p *plugging) check() error {
	switch {
	case p.all && len(p.names) > 0:
		return fail.Usagef("--all and names of plugins exclude each other")
	case !p.all && len(p.names) == 0:
		return fail.Usagef("no plugin is named").Next("rabbitctl list_installed_plugins shows the installed plugins")
	}
	for _, name := range p.names {
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return fail.Usagef("%q is not the name of a plugin", name)
		}
	}
	return nil
}

func (p *plugging) plan(ctx context.Context, at Site) (*Plan, error) {
	if p.file != "" {
		return p.inFile(at)
	}
	now, err := inside.PluginsOf(ctx, at.Erlang)
	if err != nil {
		return nil, err
	}
	if err := p.known(now); err != nil && !at.Official {
		return nil, err
	}
	wanted, err := p.wanted(ctx, at, now)
	if err != nil {
		return nil, err
	}
	then, err := now.Needed(ctx, at.Erlang, wanted)
	if err != nil {
		return nil, err
	}
	s := &switching{now: now, wanted: wanted, then: ordered(then)}
	if at.Official {
		return s.official(ctx, at)
	}
	plan := &Plan{Steps: []Step{{Action: p.action(), Do: func(ctx context.Context) (Outcome, error) {
		return s.do(ctx, at)
	}}}}
	up, err := at.isRunning(ctx)
	if err != nil {
		return nil, err
	}
	if slices.Equal(wanted, now.Enabled) && (!up || len(s.starts()) == 0 && len(s.stops()) == 0) {
		return plan.Already("unchanged"), nil
	}
	s.told(plan, up)
	return plan, nil
}

// known refuses plugins that are not installed. A node would write their names into its file of enabled plugins
// (4.3.6).
func (p *plugging) known(now *inside.Plugins) error {
	u := &UnknownPlugins{}
	for _, name := range p.names {
		if !slices.Contains(now.Names(), name) {
			u.Names = append(u.Names, name)
		}
	}
	if len(u.Names) == 0 || p.how == "disable" && p.within(now.Enabled) {
		return nil
	}
	return fail.New(fail.NotFound, "%w%s", u, fail.DidYouMean(u.Names[0], now.Names())).
		Next("rabbitctl list_installed_plugins shows the installed plugins")
}

// within reports whether all given plugins are enabled. It lets people disable a plugin that is no longer installed.
func (p *plugging) within(enabled []string) bool {
	for _, name := range p.names {
		if !slices.Contains(enabled, name) {
			return false
		}
	}
	return true
}

// wanted returns the names that are to be in the file of enabled plugins.
func (p *plugging) wanted(ctx context.Context, at Site, now *inside.Plugins) ([]string, error) {
	names := p.names
	if p.all {
		names = now.Names()
	}
	switch p.how {
	case "enable":
		all := slices.Clone(now.Enabled)
		for _, name := range names {
			if !slices.Contains(now.Implied, name) {
				all = append(all, name)
			}
		}
		return ordered(all), nil
	case "disable":
		off, err := now.Needing(ctx, at.Erlang, names)
		if err != nil {
			return nil, err
		}
		if !at.Official {
			off = append(off, names...) // the official tools leave names of missing plugins in the file
		}
		return ordered(without(now.Enabled, off)), nil
	}
	return ordered(slices.Clone(names)), nil
}

func (p *plugging) action() string {
	switch {
	case p.all:
		return p.how + " all plugins"
	case p.how == "set":
		return "enable only " + strings.Join(p.names, ", ")
	}
	return p.how + " " + strings.Join(p.names, ", ")
}

func ordered(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// without returns the names that are not among the others.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(others, n) })
}
