package personality

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/release"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Without a node, rabbitmq-plugins works on files of this machine. Options, RabbitMQ's own variables or the file
// rabbitmq-env.conf say where these files are; otherwise they are where packages put them.
const (
	usualEnvFile     = "/etc/rabbitmq/rabbitmq-env.conf"
	usualPluginsFile = "/etc/rabbitmq/enabled_plugins"
	usualLibrary     = "/usr/lib/rabbitmq/lib"
	usualPlugins     = "/usr/lib/rabbitmq/plugins"
	usualData        = "/var/lib/rabbitmq/mnesia"
)

// setting returns the value of a variable of RabbitMQ: RABBITMQ_NAME in the environment, or else NAME in its file of
// variables, or else "".
func (c *call) setting(name string) string {
	if value := c.app.Getenv("RABBITMQ_" + name); value != "" {
		return value
	}
	content, err := c.app.ReadFile(cmp.Or(c.app.Getenv("RABBITMQ_CONF_ENV_FILE"), usualEnvFile))
	if err != nil {
		return "" // the file need not exist
	}
	value := ""
	for line := range strings.Lines(string(content)) {
		key, said, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "export ")), "=")
		if ok && strings.TrimPrefix(key, "RABBITMQ_") == name {
			value = strings.Trim(said, `"'`)
		}
	}
	return value
}

// pluginPlaces returns where the node of this machine has its plugins and its file of enabled plugins.
func (c *call) pluginPlaces() (change.PluginPlaces, error) {
	places := change.PluginPlaces{File: cmp.Or(c.option("enabled-plugins-file", ""), c.setting("ENABLED_PLUGINS_FILE"),
		usualPluginsFile)}
	if folders := cmp.Or(c.option("plugins-dir", ""), c.setting("PLUGINS_DIR")); folders != "" {
		places.Folders = strings.Split(folders, ":")
		return places, nil
	}
	home := cmp.Or(c.option("rabbitmq-home", ""), c.app.Getenv("RABBITMQ_HOME"))
	if home == "" {
		names, _, err := c.app.Entries(usualLibrary)
		if err != nil {
			return places, err
		}
		for _, name := range names {
			if strings.HasPrefix(name, "rabbitmq_server-") {
				home = path.Join(usualLibrary, name)
			}
		}
	}
	places.Folders = []string{usualPlugins}
	if home != "" {
		places.Folders = append(places.Folders, path.Join(home, "plugins"))
	}
	return places, nil
}

// offline reports whether --offline is given. The command then asks no node.
func offline(c *call) bool { return c.line.on("offline") }

// offlineNode returns the name of the node on whose files the command works.
func (c *call) offlineNode() string {
	if name, given := c.line.given("node"); given {
		return name
	}
	if name := c.setting("NODENAME"); name != "" {
		return name
	}
	return c.run.node()
}

// plugOffline runs enable, disable or set without a node.
func plugOffline(ctx context.Context, c *call) (answer, error) {
	places, err := c.pluginPlaces()
	if err != nil {
		return answer{}, err
	}
	c.heard = func(i, _ int, o change.Outcome, err error) error {
		if i > 0 || err != nil {
			return err
		}
		return c.configured(o)
	}
	o, err := c.change(ctx, change.OfflinePlugins(c.command, c.args, c.line.on("all"), places))
	if fail.KindOf(err) == fail.Config {
		return answer{}, err
	}
	return asPlugged(ctx, c, o, err)
}

// directoriesOffline prints where the plugins of this machine are, as options, RabbitMQ's variables or the usual places
// of packages say.
func directoriesOffline(_ context.Context, c *call) (answer, error) {
	places, err := c.pluginPlaces()
	if err != nil {
		return answer{}, err
	}
	expansion := cmp.Or(c.setting("PLUGINS_EXPAND_DIR"), path.Join(cmp.Or(c.setting("MNESIA_BASE"), usualData),
		c.node+"-plugins-expand"))
	archives := strings.Join(places.Folders, ":")
	return answer{text: "Plugin archives directory: " + archives + "\nPlugin expansion directory: " + expansion +
		"\nEnabled plugins file: " + places.File, data: object("plugins_dir", erlang.Binary(archives),
		"plugins_expand_dir", erlang.Binary(expansion), "enabled_plugins_file", erlang.Binary(places.File))}, nil
}

// notReached returns a function for the field unreached of a command. If the node cannot be reached, its files are on
// this machine, and --online is not given, the function runs the command without the node, as the tools do.
func notReached(d command) func(c *call, err error) (answer, error) {
	return func(c *call, err error) (answer, error) {
		places, unknown := c.pluginPlaces()
		there := slices.ContainsFunc(places.Folders, c.app.Exists)
		if fail.KindOf(err) != fail.Unreachable || unknown != nil || !there || !c.app.Exists(places.File) ||
			c.line.on("online") {
			return answer{}, err
		}
		c.node = c.offlineNode()
		if err := c.openBanner(d, c); err != nil {
			return answer{}, err
		}
		return d.alone(context.Background(), c)
	}
}

// listOffline lists the plugins that are installed on this machine.
func listOffline(ctx context.Context, c *call) (answer, error) {
	places, err := c.pluginPlaces()
	if err != nil {
		return answer{}, err
	}
	of, version, err := change.InstalledIn(ctx, change.Site{Files: verb.Silent(c.app), Clock: verb.Silent(c.app)}, places)
	if err != nil {
		return answer{}, err
	}
	told := c.node + " is stopped; * (running) status is not available"
	if !release.AtLeast(version, 4, 3) {
		told = "[failed to contact " + c.node + " - status not shown]"
	}
	return c.installedOf(of, "offline", told)
}
