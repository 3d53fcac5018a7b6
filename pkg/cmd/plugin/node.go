package plugin

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// overErlang is the end of the help text of each command for which the HTTP API has no request.
const overErlang = `

The management API has no such request, so the command talks to the node of --node over Erlang distribution, as
rabbitmq-plugins does, and needs the Erlang cookie (see rabbitctl help transports).`

// offline is a part of the help text of all commands that enable or disable plugins.
const offline = `

Each node has its own file of enabled plugins, so the other nodes of a cluster do not change. --enabled-plugins-file
names such a file on this machine, for a node that is not running: rabbitctl then asks no node and changes only the
file, and the node reads the file when it starts. rabbitctl then checks neither whether a plugin is installed nor
which plugins need each other: a plugin that is disabled starts all the same if another one in the file needs it.`

func listInstalled() verb.List {
	return verb.List{
		Name:  "list_installed_plugins",
		Short: "List the plugins that are installed on a node, also those that are off",
		Long: `List the plugins that are installed on a node, also those that are off, and how they are enabled: explicit, or implicit
if another enabled plugin needs them. The command works while RabbitMQ is stopped on the node, too.` + overErlang,
		Example: `  rabbitctl list_installed_plugins --node rabbit@b
  rabbitctl list_installed_plugins name --where 'enabled == "no"'
  rabbitctl list_installed_plugins name needs --match '^rabbitmq_shovel'`,
		Group: "enabled",
		Table: record.Table{
			Noun:    "plugins",
			Default: []string{"name", "version", "enabled", "running"},
			Columns: []record.Column{
				{Name: "name", Kind: record.Text, Help: "the plugin"},
				{Name: "version", Kind: record.Text, Help: "the version that is installed"},
				{Name: "running_version", Kind: record.Text, Help: "the version that runs, empty when the plugin does not run"},
				{Name: "enabled", Kind: record.Text, Help: "explicit, implicit, or no"},
				{Name: "running", Kind: record.Flag, Help: "whether it runs"},
				{Name: "needs", Kind: record.List, Help: "what it needs"},
				{Name: "description", Kind: record.Text, Help: "what it is"},
			},
		},
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, _ verb.Ask,
			add func(map[string]record.Value) error) error {
			all, err := inside.PluginsOf(ctx, n)
			if err != nil {
				return err
			}
			for _, p := range all.All {
				if p.Library {
					continue
				}
				if err := add(installed(all, p)); err != nil {
					return err
				}
			}
			return nil
		}),
	}
}

func installed(all *inside.Plugins, p inside.Plugin) map[string]record.Value {
	enabled := "no"
	switch {
	case slices.Contains(all.Enabled, p.Name):
		enabled = "explicit"
	case slices.Contains(all.Implied, p.Name):
		enabled = "implicit"
	}
	version, runs := all.Running[p.Name]
	needs := []string{}
	if list, ok := p.Needs.(erlang.List); ok {
		for _, n := range list {
			needs = append(needs, erlang.Cell(n))
		}
	}
	row := map[string]record.Value{"name": record.Of(p.Name), "version": record.Of(p.Version),
		"enabled": record.Of(enabled),
		"running": record.Of(runs), "needs": record.Of(needs), "description": record.Of(p.Description)}
	if runs {
		row["running_version"] = record.Of(version)
	}
	return row
}

func directories() verb.Show {
	return verb.Show{
		Name:    "plugin_directories",
		Short:   "Show where a node has its plugins",
		Long:    `Show the directories in which a node looks for plugins, and the path of its file of enabled plugins.` + overErlang,
		Example: `  rabbitctl plugin_directories --node rabbit@b`,
		Flags:   verb.NodeFlags(nil),
		Read: verb.FromNode(func(ctx context.Context, n inside.Node, _ verb.Ask) (record.Document, error) {
			d, err := inside.PluginDirectories(ctx, n)
			if err != nil {
				return nil, err
			}
			field := func(name, value string) record.Field {
				return record.Field{Column: record.Column{Name: name}, Value: record.Of(value)}
			}
			return record.Document{record.Fields("", field("plugins_dir", d.Archives), field("plugins_expand_dir", d.Expansion),
				field("enabled_plugins_file", d.EnabledFile))}, nil
		}),
	}
}

func enable() verb.Change {
	return verb.Of(change.EnablePlugins, verb.About{
		Short: "Enable plugins on a node",
		Long: `Enable plugins on a node, and those that they need, and start them there. The node's file of enabled plugins is written
first, so that the plugins start with the node, too. When a plugin does not start, as when its port is in use, the file
gets its former list again, and the node runs the plugins of that list. A plugin that is not installed on the node is
refused. While RabbitMQ is stopped on the node, only the file is written.` + offline + overErlang,
		Example: `  rabbitctl enable_plugins rabbitmq_shovel rabbitmq_shovel_management --node rabbit@b --dry-run
  rabbitctl enable_plugins rabbitmq_shovel rabbitmq_shovel_management --node rabbit@b
  rabbitctl enable_plugins rabbitmq_management --enabled-plugins-file /etc/rabbitmq/enabled_plugins`,
	})
}

func disable() verb.Change {
	return verb.Of(change.DisablePlugins, verb.About{
		Short: "Disable plugins on a node",
		Long: `Disable plugins on a node, and the plugins that depend on them. The node stops these plugins, with their
listeners and client connections. The command shows what stops and asks; without a terminal it needs --yes. Without
rabbitmq_management the node has no management API.` + offline + overErlang,
		Example: `  rabbitctl disable_plugins rabbitmq_shovel --node rabbit@b --dry-run
  rabbitctl disable_plugins rabbitmq_shovel --node rabbit@b`,
	})
}

func set() verb.Change {
	return verb.Of(change.SetPlugins, verb.About{
		Short: "Enable plugins on a node, and disable all others",
		Long: `Enable the named plugins on a node, and those that they need, and disable all others. At least one PLUGIN
must be named; disable_plugins --all disables all plugins. The command shows what starts and stops, and asks;
without a terminal it needs --yes. When a plugin does not start, the file of enabled plugins gets its former list
again, and the node runs the plugins of that list.` + offline + overErlang,
		Example: `  rabbitctl set_plugins rabbitmq_management rabbitmq_prometheus --node rabbit@b --dry-run
  rabbitctl set_plugins rabbitmq_management rabbitmq_prometheus --node rabbit@b`,
	})
}
