package inside

import (
	"cmp"
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
)

// Plugin is a plugin that is installed on a node.
type Plugin struct {
	Name, Version, Description string
	Needs                      erlang.Term
	// Library means that the plugin is only a library for other plugins. The official tools do not list libraries.
	Library bool
}

// Plugins are the plugins of a node.
type Plugins struct {
	// File is the node's file that lists the plugins that are enabled by name, and Enabled are the names in it.
	File    string
	Enabled []string
	// All are the installed plugins, in the order of their names.
	All []Plugin
	// Implied are all enabled plugins: those that were enabled by name, and those that they need.
	Implied []string
	// Running maps the name of each running plugin to its version. It is nil if no node was asked, because the plugins
	// were read from a folder.
	Running map[string]string

	records erlang.Term
}

// PluginsOf returns the plugins of a node. It also works while RabbitMQ is stopped on the node.
func PluginsOf(ctx context.Context, n Node) (*Plugins, error) {
	file, err := ask(ctx, n, "rabbit_plugins", "enabled_plugins_file")
	if err != nil {
		return nil, err
	}
	folder, err := ask(ctx, n, "rabbit_plugins", "plugins_dir")
	if err != nil {
		return nil, err
	}
	p := &Plugins{File: characters(file)}
	if p.records, err = ask(ctx, n, "rabbit_plugins", "list", folder); err != nil {
		return nil, err
	}
	enabled, err := ask(ctx, n, "rabbit_plugins", "read_enabled", erlang.String(p.File))
	if err != nil {
		return nil, err
	}
	p.Enabled = words(enabled)
	if p.Implied, err = p.Needed(ctx, n, p.Enabled); err != nil {
		return nil, err
	}
	if err := p.read(ctx, n); err != nil {
		return nil, err
	}
	running, err := granted(ask(ctx, n, "rabbit_plugins", "running_plugins"))
	if err == nil {
		p.Running = map[string]string{}
		for _, r := range Pairs(running) {
			p.Running[r.Name] = r.Value
		}
	}
	return p, err
}

// read fills All from the records that the node sent: {plugin,Name,Version,Description,Kind,Needs,...}.
func (p *Plugins) read(ctx context.Context, n Node) error {
	var names []string
	for _, e := range listed(p.records) {
		t, _ := e.(erlang.Tuple)
		if len(t) < 6 {
			continue
		}
		p.All = append(p.All, Plugin{Name: named(t[1]), Version: characters(t[2]), Description: characters(t[3]),
			Needs: t[5]})
		names = append(names, named(t[1]))
	}
	listed, err := p.Listed(ctx, n, names)
	if err != nil {
		return err
	}
	for i := range p.All {
		p.All[i].Library = !slices.Contains(listed, p.All[i].Name)
	}
	slices.SortFunc(p.All, func(a, b Plugin) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

// Needed returns the named plugins and all plugins that they need.
func (p *Plugins) Needed(ctx context.Context, n Node, names []string) ([]string, error) {
	return p.related(ctx, n, "false", names)
}

// Needing returns the named plugins and all plugins that need them.
func (p *Plugins) Needing(ctx context.Context, n Node, names []string) ([]string, error) {
	return p.related(ctx, n, "true", names)
}

func (p *Plugins) related(ctx context.Context, n Node, reverse string, names []string) ([]string, error) {
	t, err := ask(ctx, n, "rabbit_plugins", "dependencies", erlang.Atom(reverse), Words(names), p.records)
	return words(t), err
}

// Listed returns only those names that are plugins: the node's records also contain plain Erlang libraries that plugins
// need.
func (p *Plugins) Listed(ctx context.Context, n Node, names []string) ([]string, error) {
	t, err := ask(ctx, n, "rabbit_plugins", "strictly_plugins", Words(names), p.records)
	return words(t), err
}

// Names returns the names of the installed plugins.
func (p *Plugins) Names() []string {
	var names []string
	for _, one := range p.All {
		names = append(names, one.Name)
	}
	return names
}

// Directories are the places where a node has its plugins, and its file of enabled plugins.
type Directories struct{ Archives, Expansion, EnabledFile string }

// PluginDirectories asks a node where it has its plugins, and its file of enabled plugins.
func PluginDirectories(ctx context.Context, n Node) (d Directories, err error) {
	for _, q := range []struct {
		function string
		into     *string
	}{{"plugins_dir", &d.Archives}, {"plugins_expand_dir", &d.Expansion}, {"enabled_plugins_file", &d.EnabledFile}} {
		t, err := n.Ask(ctx, erldist.Call{Module: "rabbit_plugins", Function: q.function})
		if err != nil {
			return d, err
		}
		*q.into = characters(t)
	}
	return d, nil
}

// Words returns the names as a list of atoms.
func Words(names []string) erlang.List {
	list := erlang.List{}
	for _, n := range names {
		list = append(list, erlang.Atom(n))
	}
	return list
}

func words(t erlang.Term) []string {
	var names []string
	for _, e := range listed(t) {
		names = append(names, named(e))
	}
	return names
}
