package personality

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// distantPlugins returns the command named directories, which asks the node over Erlang distribution.
func distantPlugins() []command {
	mode := switches{"online": truth, "offline": truth}
	return []command{
		{
			name: "directories", usage: "directories [--offline] [--online]", switches: mode, valid: oneMode,
			alone: directoriesOffline, aloneIf: offline,
			unreached: func(c *call, err error) (answer, error) {
				if fail.KindOf(err) == fail.Unreachable {
					return answer{}, c.misused("Error: this command requires the target node to be running.")
				}
				return answer{}, err
			},
			banner: func(c *call) string {
				if c.line.on("offline") {
					return "Listing plugin directories inferred from local environment..."
				}
				return "Listing plugin directories used by node " + c.node
			},
			run: func(ctx context.Context, c *call) (answer, error) {
				d, err := inside.PluginDirectories(ctx, c.erlang)
				if err != nil {
					return asNode(ctx, c, change.Outcome{}, err)
				}
				return answer{text: "Plugin archives directory: " + d.Archives + "\nPlugin expansion directory: " + d.Expansion +
					"\nEnabled plugins file: " + d.EnabledFile, data: object("plugins_dir", erlang.Binary(d.Archives),
					"plugins_expand_dir", erlang.Binary(d.Expansion), "enabled_plugins_file", erlang.Binary(d.EnabledFile))}, nil
			},
		},
	}
}

// pluginChanges returns the commands that change which plugins are enabled.
func pluginChanges() []command {
	return []command{switching("enable", change.EnablePlugins), switching("disable", change.DisablePlugins),
		switching("set", change.SetPlugins)}
}

// pluginList returns the command with the name list. If --enabled or --implicitly-enabled is given, and the cookie is
// not, it asks the API, which reports only the plugins that run and are enabled. In all other cases it asks the node
// itself.
func pluginList() command {
	d := command{
		name: "list", usage: "list [pattern] [--verbose] [--minimal] [--enabled] [--implicitly-enabled]", max: 1,
		run: listEnabled, byNode: listInstalled,
		alone: listOffline,
		distantIf: func(c *call) bool {
			return !c.line.on("enabled") && !c.line.on("implicitly-enabled") || c.app.TellsCookie()
		},
		switches: switches{"verbose": truth, "minimal": truth, "enabled": truth, "implicitly-enabled": truth},
		letters:  map[string]string{"v": "verbose", "m": "minimal", "E": "enabled", "e": "implicitly-enabled"},
		valid: func(c *call) *fault {
			if c.line.on("verbose") && c.line.on("minimal") {
				return c.bad("Cannot set both verbose and minimal")
			}
			if _, err := regexp.Compile(c.pattern()); err != nil {
				return &fault{fail.Unavailable, "Error:\n" + c.pattern() + " is no regular expression: " + err.Error()}
			}
			return nil
		},
		banner: func(c *call) string { return `Listing plugins with pattern "` + c.pattern() + `" ...` },
	}
	without := notReached(d)
	d.unreached = func(c *call, err error) (answer, error) {
		a, err := without(c, err)
		if err != nil {
			c.remark("%s list --implicitly-enabled asks the HTTP API, which reports enabled plugins only", c.tool)
		}
		return a, err
	}
	return d
}

func (c *call) pattern() string {
	if len(c.args) > 0 {
		return c.args[0]
	}
	return ".*"
}

// oneMode refuses --online together with --offline.
func oneMode(c *call) *fault {
	if c.line.on("offline") && c.line.on("online") {
		return c.bad("Cannot set both online and offline")
	}
	return nil
}

// listInstalled lists the installed plugins, as the node reports them.
func listInstalled(ctx context.Context, c *call) (answer, error) {
	of, err := inside.PluginsOf(ctx, c.erlang)
	if err != nil {
		return asNode(ctx, c, change.Outcome{}, err)
	}
	return c.installedOf(of, "running", "* = running on "+c.node)
}

// installedOf returns the answer that lists a node's plugins. status is the status in JSON; told explains the status in
// the text.
func (c *call) installedOf(of *inside.Plugins, status, told string) (answer, error) {
	if err := c.warnMissing(without(of.Enabled, of.Names())); err != nil {
		return answer{}, err
	}
	match := regexp.MustCompile(c.pattern())
	width := 0
	var all []inside.Plugin
	for _, p := range of.All {
		explicit, implied := slices.Contains(of.Enabled, p.Name), slices.Contains(of.Implied, p.Name)
		if p.Library || !match.MatchString(p.Name) || c.line.on("enabled") && !explicit ||
			c.line.on("implicitly-enabled") && !c.line.on("enabled") && !implied {
			continue
		}
		width = max(width, len(p.Name))
		all = append(all, p)
	}
	var lines []string
	data := erlang.List{}
	if !c.line.on("minimal") && !c.line.on("quiet") && !c.line.on("silent") {
		lines = append(lines, " Configured: E = explicitly enabled; e = implicitly enabled", " | Status: "+told, " |/")
	}
	for _, p := range all {
		text, object := c.pluginLines(of, p, width)
		lines, data = append(lines, text...), append(data, object)
	}
	format := "normal"
	for _, f := range []string{"minimal", "verbose"} {
		if c.line.on(f) {
			format = f
		}
	}
	return answer{text: strings.Join(lines, "\n"), data: object("status", erlang.Atom(status), "format",
		erlang.Atom(format), "plugins", data)}, nil
}

// pluginLines returns the lines of a plugin, and the plugin as a term for JSON.
func (c *call) pluginLines(of *inside.Plugins, p inside.Plugin, width int) ([]string, erlang.Term) {
	if c.line.on("minimal") {
		return []string{p.Name}, object("name", erlang.Atom(p.Name))
	}
	mark, word := " ", "not_enabled"
	switch {
	case slices.Contains(of.Enabled, p.Name):
		mark, word = "E", "enabled"
	case slices.Contains(of.Implied, p.Name):
		mark, word = "e", "implicit"
	}
	running, runs := of.Running[p.Name]
	version, star := p.Version, " "
	var runningVersion erlang.Term = erlang.Atom("nil")
	if of.Running == nil {
		runningVersion = erlang.Binary("") // no node was asked
	}
	if runs {
		star, runningVersion = "*", erlang.Binary(running)
		if running != p.Version {
			version = running + " (pending upgrade to " + p.Version + ")"
		}
	}
	head := "[" + mark + star + "] " + p.Name
	pairs := []any{"name", erlang.Atom(p.Name), "enabled", erlang.Atom(word), "running", erlang.Atom(fmt.Sprint(runs)),
		"version", erlang.Binary(p.Version), "running_version", runningVersion}
	if !c.line.on("verbose") {
		return []string{head + strings.Repeat(" ", width-len(p.Name)) + " " + version}, object(pairs...)
	}
	return []string{head, "     Version:     \t" + version, "     Dependencies:\t" + erlang.Lines(p.Needs, 1, 0),
			"     Description: \t" + p.Description}, object(append(pairs, "dependencies", p.Needs, "description",
			erlang.Binary(p.Description))...)
}

// warnMissing prints on stdout, as the tools do, which plugins are enabled but not installed.
func (c *call) warnMissing(names []string) error {
	if len(names) == 0 || c.line.on("quiet") || c.line.on("silent") {
		return nil
	}
	return c.print("WARNING - plugins currently enabled but missing: " + strings.Join(names, "") + "\n\n")
}

func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(others, n) })
}

// switching returns the command enable, disable or set. These commands first print which plugins are configured, and
// then the result.
func switching(name string, made func() change.Op) command {
	d := ofOp(func() change.Op {
		op := made()
		op.Name, op.Check = name, nil
		return op
	}, command{usage: name + " <plugin1> [ <plugin2>] [--offline] [--online]", valid: validPlugins,
		banner: func(c *call) string {
			verb := map[string]string{"enable": "Enabling", "disable": "Disabling", "set": "Enabling"}[name]
			if c.line.on("all") {
				return verb + " ALL plugins on node " + c.node
			}
			return strings.Join(append([]string{verb + " plugins on node " + c.node + ":"}, c.args...), "\n")
		}}, asPlugged)
	if name != "set" {
		d.usage = name + " <plugin1> [ <plugin2>] | --all [--offline] [--online]"
	}
	carried := d.run
	d.alone, d.aloneIf = plugOffline, offline
	d.unreached = notReached(d)
	d.run = func(ctx context.Context, c *call) (answer, error) {
		if err := c.knownToSet(ctx); err != nil {
			return answer{}, err
		}
		c.heard = func(i, _ int, o change.Outcome, err error) error {
			if i > 0 || err != nil {
				return err
			}
			return c.configured(o)
		}
		return carried(ctx, c)
	}
	return d
}

// knownToSet checks the arguments of the command with the name set. As the tools do, it refuses plugins that are not
// installed. In 4.3 the command enable accepts such plugins.
func (c *call) knownToSet(ctx context.Context) error {
	if c.command != "set" || len(c.args) == 0 {
		return nil
	}
	of, err := inside.PluginsOf(ctx, c.erlang)
	if err != nil {
		_, err = c.told(ctx, answer{}, err)
		return err
	}
	if unknown := without(c.args, of.Names()); len(unknown) > 0 {
		return no(fail.Data, "The following plugins were not found: %s", strings.Join(unknown, ", "))
	}
	return nil
}

func validPlugins(c *call) *fault {
	switch {
	case c.line.on("all") && len(c.args) > 0:
		return c.bad("Cannot set both --all and a list of plugins")
	case !c.line.on("all") && len(c.args) == 0 && c.command != "set":
		return c.invalid("not enough arguments.")
	}
	return oneMode(c)
}

// configured prints the plugins that the file of enabled plugins has after the change.
func (c *call) configured(o change.Outcome) error {
	if err := c.warnMissing(namesIn(o.Facts, "missing")); err != nil {
		return err
	}
	set := namesIn(o.Facts, "set")
	if c.machine() {
		return c.print("[\n" + erlang.JSON(inside.Words(set)) + "\n")
	}
	if len(set) == 0 {
		return c.print("All plugins have been disabled.\nApplying plugin configuration to " + c.node + "...\n")
	}
	return c.print("The following plugins have been configured:\n  " + strings.Join(set, "\n  ") +
		"\nApplying plugin configuration to " + c.node + "...\n")
}

// namesIn returns the names in a section of a document.
func namesIn(d record.Document, section string) []string {
	var names []string
	for _, s := range d {
		if s.Name == section {
			for _, r := range s.Rows {
				names = append(names, r[record.IndexOf(s.Columns, "name")].Text())
			}
		}
	}
	return names
}

// asPlugged gives the result of a change of plugins.
func asPlugged(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
	var unknown *change.UnknownPlugins
	switch {
	case errors.As(err, &unknown):
		return answer{}, no(fail.Internal, "%s", erlang.Elixir(erlang.Tuple{erlang.Atom("plugins_not_found"),
			inside.Words(unknown.Names)}))
	case inside.RefusedBy(err) != nil:
		c.remark("the file of enabled plugins still names the plugin, so the node does not start the next time: "+
			"%s disable removes the plugin from the file; rabbitctl enable_plugins would have restored the file", c.tool)
		return answer{}, no(fail.Internal, "%s", erlang.Elixir(inside.RefusedBy(err).Reason))
	case err != nil:
		return asNode(ctx, c, o, err)
	}
	if c.machine() {
		return answer{printed: true}, c.print("," + erlang.JSON(c.pluggedData(o)) + "\n]\n")
	}
	return answer{text: strings.Join(c.pluggedLines(o), "\n")}, nil
}

func (c *call) pluggedData(o change.Outcome) erlang.Map {
	mode := "online"
	if o.Word == "offline" {
		mode = "offline"
	}
	pairs := []any{"mode", erlang.Atom(mode), "set", inside.Words(namesIn(o.Facts, "set"))}
	if c.command != "set" {
		done := c.command + "d"
		pairs = append(pairs, done, inside.Words(namesIn(o.Facts, done)))
	}
	if mode == "online" {
		for _, what := range []string{"started", "stopped"} {
			pairs = append(pairs, what, inside.Words(namesIn(o.Facts, what)))
		}
	}
	return object(pairs...)
}

func (c *call) pluggedLines(o change.Outcome) []string {
	var lines []string
	if c.command != "set" {
		done := c.command + "d"
		names := namesIn(o.Facts, done)
		if len(names) == 0 {
			return []string{"Plugin configuration unchanged."}
		}
		lines = append(lines, "The following plugins have been "+done+":\n  "+strings.Join(names, "\n  ")+"\n")
	}
	if o.Word == "offline" {
		applied := "nothing to do."
		if n := len(namesIn(o.Facts, "set")); n > 0 {
			applied = fmt.Sprintf("set %d plugins.", n)
		}
		lines = append(lines, applied)
		if c.command != "set" {
			lines = append(lines, "Offline change; changes will take effect at broker restart.")
		}
		return lines
	}
	var parts []string
	for _, what := range []string{"started", "stopped"} {
		if n := len(namesIn(o.Facts, what)); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d plugins", what, n))
		}
	}
	return append(lines, cmp.Or(strings.Join(parts, " and "), "nothing to do")+".")
}
