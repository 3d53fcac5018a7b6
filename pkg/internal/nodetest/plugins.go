package nodetest

import (
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// Plugins simulates the plugins of a node, and its file of enabled plugins.
type Plugins struct {
	Enabled, Running []string
	// Broken is a plugin that does not start; Stopped means that RabbitMQ does not run on the node.
	Broken  string
	Stopped bool
}

// needs returns the installed plugins, each with the plugins that it needs. The one named library is not a plugin of
// its own: it is only a part of other plugins.
func (p *Plugins) needs() map[string][]string {
	return map[string][]string{"agent": nil, "library": nil, "rabbitmq_management": {"agent", "library"},
		"rabbitmq_shovel":            nil,
		"rabbitmq_shovel_management": {"rabbitmq_management", "rabbitmq_shovel"}}
}

// related returns the names and all plugins that they need, or, if reverse is true, the names and all plugins that need
// them. It leaves out names that are not installed.
func (p *Plugins) related(reverse bool, names []string) []string {
	var all []string
	var add func(name string)
	add = func(name string) {
		if slices.Contains(all, name) {
			return
		}
		if _, installed := p.needs()[name]; !installed {
			return
		}
		all = append(all, name)
		for other, needed := range p.needs() {
			switch {
			case reverse && slices.Contains(needed, name):
				add(other)
			case !reverse && slices.Contains(p.needs()[name], other):
				add(other)
			}
		}
	}
	for _, n := range names {
		add(n)
	}
	slices.Sort(all)
	return all
}

func atoms(names []string) erlang.List {
	list := erlang.List{}
	for _, n := range names {
		list = append(list, erlang.Atom(n))
	}
	return list
}

func texts(t erlang.Term) []string {
	var names []string
	for _, e := range t.(erlang.List) {
		names = append(names, string(e.(erlang.Atom)))
	}
	return names
}

func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(others, n) })
}

// Calls returns the functions of the node that report plugins and change them.
func (p *Plugins) Calls() map[string]func(*Call) erlang.Term {
	calls := Says(map[string]string{"rabbit_plugins:enabled_plugins_file/0": `"/etc/enabled_plugins"`,
		"rabbit_plugins:plugins_dir/0": `"/lib/plugins"`, "rabbit_plugins:plugins_expand_dir/0": `"/data/plugins"`,
		"rabbit_misc:version/0": `"4.3.6"`})
	calls["rabbit:is_running/0"] = func(*Call) erlang.Term {
		if p.Stopped {
			return erlang.Atom("false")
		}
		return erlang.Atom("true")
	}
	calls["rabbit_plugins:list/1"] = func(*Call) erlang.Term {
		records := erlang.List{}
		for _, name := range []string{"rabbitmq_shovel", "library", "agent", "rabbitmq_management",
			"rabbitmq_shovel_management"} {
			records = append(records, erlang.Tuple{erlang.Atom("plugin"), erlang.Atom(name), erlang.String("4.3.6"),
				erlang.String("It is " + name), erlang.Atom("dir"), atoms(p.needs()[name])})
		}
		return records
	}
	calls["rabbit_plugins:read_enabled/1"] = func(*Call) erlang.Term { return atoms(p.Enabled) }
	calls["rabbit_plugins:dependencies/3"] = func(c *Call) erlang.Term {
		return atoms(p.related(c.Args[0] == erlang.Atom("true"), texts(c.Args[1])))
	}
	calls["rabbit_plugins:strictly_plugins/2"] = func(c *Call) erlang.Term {
		return atoms(without(texts(c.Args[0]), []string{"library"}))
	}
	calls["rabbit_plugins:running_plugins/0"] = func(*Call) erlang.Term {
		pairs := erlang.List{}
		for _, n := range p.Running {
			pairs = append(pairs, erlang.Tuple{erlang.Atom(n), erlang.String("4.3.6")})
		}
		return erlang.Tuple{erlang.Atom("ok"), pairs}
	}
	calls["rabbit_file:write_term_file/2"] = func(c *Call) erlang.Term {
		p.Enabled = texts(c.Args[1].(erlang.List)[0])
		return erlang.Atom("ok")
	}
	calls["rabbit_plugins:ensure/1"] = func(*Call) erlang.Term { return p.ensure() }
	return calls
}

func (p *Plugins) ensure() erlang.Term {
	wanted := p.related(false, p.Enabled)
	switch {
	case p.Stopped:
		return erlang.Tuple{erlang.Atom("error"), erlang.Atom("rabbit_not_running")}
	case slices.Contains(wanted, p.Broken):
		return erlang.Tuple{erlang.Atom("could_not_start"), erlang.Atom(p.Broken), erlang.Atom("eaddrinuse")}
	}
	started, stopped := without(wanted, p.Running), without(p.Running, wanted)
	p.Running = wanted
	return erlang.Tuple{erlang.Atom("ok"), atoms(started), atoms(stopped)}
}
