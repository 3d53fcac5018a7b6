package personality

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// plugin is a plugin that a node runs.
type plugin struct {
	name, version, description string
	// explicit means that the plugin is enabled by name, not only because another plugin needs it.
	explicit bool
}

// pluginCommands returns the command is_enabled, which always asks the HTTP API.
func pluginCommands() []command {
	return []command{
		{
			name: "is_enabled", usage: "is_enabled <plugin1> [ <plugin2>] [--offline] [--online]", min: 1, max: -1,
			run:      isEnabled,
			switches: switches{"online": truth, "offline": truth},
			banner: func(c *call) string {
				what, verb := pluginWords(c.args)
				return "Asking node " + c.node + " if " + strings.ToLower(what[:1]) + what[1:] + " " + verb + " enabled..."
			},
		},
	}
}

// pluginsOf returns the plugins that the node runs, by name. The API does not report plugins that are installed but not
// enabled.
func (c *call) pluginsOf(ctx context.Context) ([]plugin, error) {
	node, err := c.started(ctx, nil)
	if err != nil {
		return nil, err
	}
	enabled := textsOf(node.At("enabled_plugins"))
	var all []plugin
	node.At("applications").Each(func(v record.Value) {
		p := plugin{name: v.At("name").Text(), version: v.At("version").Text(), description: v.At("description").Text()}
		p.explicit = slices.Contains(enabled, p.name)
		if p.explicit || strings.HasPrefix(p.name, "rabbitmq_") && !isLibrary(p.name) {
			all = append(all, p)
		}
	})
	slices.SortFunc(all, func(a, b plugin) int { return cmp.Compare(a.name, b.name) })
	return all, nil
}

// isLibrary reports whether the plugin is only a library for other plugins. The official tool does not list libraries.
func isLibrary(name string) bool {
	return slices.Contains([]string{"rabbitmq_stream_common", "rabbitmq_amqp_client", "rabbitmq_prelaunch",
		"rabbitmq_codegen"}, name)
}

// listEnabled lists the plugins that run, as the API reports them. Those that run only because other plugins need them
// are listed with --implicitly-enabled.
func listEnabled(ctx context.Context, c *call) (answer, error) {
	all, err := c.pluginsOf(ctx)
	if err != nil {
		return answer{}, err
	}
	match := regexp.MustCompile(c.pattern())
	all = slices.DeleteFunc(all, func(p plugin) bool {
		return !match.MatchString(p.name) || !p.explicit && !c.line.on("implicitly-enabled")
	})
	width := 0
	for _, p := range all {
		width = max(width, len(p.name))
	}
	var lines []string
	data := erlang.List{}
	if !c.line.on("minimal") && !c.line.on("quiet") && !c.line.on("silent") {
		lines = append(lines, " Configured: E = explicitly enabled; e = implicitly enabled", " | Status: * = running on "+
			c.node, " |/")
	}
	for _, p := range all {
		mark, word := "[e*] ", "implicit"
		if p.explicit {
			mark, word = "[E*] ", "enabled"
		}
		switch {
		case c.line.on("minimal"):
			lines = append(lines, p.name)
			data = append(data, object("name", erlang.Atom(p.name)))
			continue
		case c.line.on("verbose"):
			lines = append(lines, mark+p.name, "     Version:     \t"+p.version, "     Description: \t"+p.description)
		default:
			lines = append(lines, mark+p.name+strings.Repeat(" ", width-len(p.name))+" "+p.version)
		}
		data = append(data, object("name", erlang.Atom(p.name), "enabled", erlang.Atom(word), "running", erlang.Atom("true"),
			"version", erlang.Binary(p.version),
			"running_version", erlang.Binary(p.version)))
	}
	format := "normal"
	if c.line.on("minimal") {
		format = "minimal"
	}
	return answer{text: strings.Join(lines, "\n"), data: object("status", erlang.Atom("running"), "format",
		erlang.Atom(format), "plugins", data)}, nil
}

// pluginWords returns "Plugin x" and "is" for one name, or "Plugins x, y" and "are" for several.
func pluginWords(names []string) (what, verb string) {
	if len(names) == 1 {
		return "Plugin " + names[0], "is"
	}
	return "Plugins " + strings.Join(names, ", "), "are"
}

func isEnabled(ctx context.Context, c *call) (answer, error) {
	node, err := c.started(ctx, c.args)
	if err != nil {
		return answer{}, err
	}
	var running, missing []string
	node.At("applications").Each(func(v record.Value) { running = append(running, v.At("name").Text()) })
	for _, name := range c.args {
		if !slices.Contains(running, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		what, verb := pluginWords(missing)
		return answer{}, no(fail.Unavailable, "%s %s not enabled on node %s. Enabled plugins and dependencies: %s", what,
			verb, c.node, strings.Join(running, ", "))
	}
	what, verb := pluginWords(c.args)
	return answer{text: what + " " + verb + " enabled on node " + c.node, data: object("message",
		erlang.Binary(what+" "+verb+" enabled on node "+c.node))}, nil
}
