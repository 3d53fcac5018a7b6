package change

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// switching is a change of the plugins of a node. Its fields are now (the present plugins), wanted (the plugins to
// write into the file of enabled plugins) and then (the wanted plugins and those that they need).
type switching struct {
	now          *inside.Plugins
	wanted, then []string
}

func (s *switching) running() []string {
	var names []string
	for _, one := range s.now.All {
		if _, runs := s.now.Running[one.Name]; runs {
			names = append(names, one.Name)
		}
	}
	return names
}

// shown removes the names of libraries, which are only parts of plugins.
func (s *switching) shown(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		return slices.ContainsFunc(s.now.All, func(p inside.Plugin) bool { return p.Name == n && p.Library })
	})
}

func (s *switching) starts() []string { return without(s.then, append(s.running(), missingOf(s)...)) }

func (s *switching) stops() []string { return without(s.running(), s.then) }

// missingOf returns the plugins that would be enabled, but are not installed.
func missingOf(s *switching) []string { return without(s.then, s.now.Names()) }

func (s *switching) told(plan *Plan, up bool) {
	section := record.Section{Name: "plugins", Columns: record.Named("name", "then")}
	add := func(names []string, then string) {
		for _, n := range s.shown(names) {
			section.Rows = append(section.Rows, record.Row{record.Of(n), record.Of(then)})
		}
	}
	if !up {
		add(without(s.then, s.now.Implied), "enabled")
		add(without(s.now.Implied, s.then), "disabled")
		plan.Notes = append(plan.Notes, "RabbitMQ is stopped on the node: the change takes effect when RabbitMQ is started")
	} else {
		add(s.starts(), "started")
		add(s.stops(), "stopped")
	}
	plan.Hits = record.Document{section}
	plan.Notes = append(plan.Notes, "the other nodes of a cluster keep their plugins")
	if up && slices.Contains(s.stops(), "rabbitmq_management") {
		plan.Dangers = append(plan.Dangers, "the node then has no management API; rabbitctl enable_plugins "+
			"rabbitmq_management brings it back over Erlang distribution")
	}
}

// write writes the names into the node's file of enabled plugins.
func (s *switching) write(ctx context.Context, at Site, names []string) error {
	return at.do(ctx, "write the file of enabled plugins", "rabbit_file", "write_term_file", erlang.String(s.now.File),
		erlang.List{inside.Words(names)})
}

// ensure makes the node run the plugins in its file, and returns those that it has started and stopped. off means that
// RabbitMQ is stopped on the node, so the node has started and stopped nothing.
func (s *switching) ensure(ctx context.Context, at Site) (started, stopped []string, off bool, err error) {
	t, err := at.Erlang.Change(ctx, "start and stop plugins", call("rabbit_plugins", "ensure", erlang.String(s.now.File)))
	if err != nil {
		return nil, nil, false, err
	}
	answer, _ := t.(erlang.Tuple)
	switch {
	case len(answer) == 3 && answer[0] == erlang.Atom("ok"):
		return ordered(atoms(answer[1])), ordered(atoms(answer[2])), false, nil
	case len(answer) == 2 && answer[1] == erlang.Atom("rabbit_not_running"):
		return nil, nil, true, nil
	case len(answer) == 2 && answer[0] == erlang.Atom("error"):
		return nil, nil, false, fail.New(fail.Unavailable, "%w", &inside.Refused{Reason: answer[1]})
	}
	return nil, nil, false, fail.New(fail.Unavailable, "%w", &inside.Refused{Reason: t})
}

// do writes the file of enabled plugins, and makes the node run them. If the node answers with an error, as when a
// plugin does not start, do restores the old file: with the new one, the node could not start the next time. If the
// connection is lost, the new file stays.
func (s *switching) do(ctx context.Context, at Site) (Outcome, error) {
	if err := s.write(ctx, at, s.wanted); err != nil {
		return Outcome{}, err
	}
	started, stopped, off, err := s.ensure(ctx, at)
	if err != nil && fail.KindOf(err) != fail.Lost {
		return Outcome{}, s.undo(ctx, at, err)
	}
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Word: "changed"}
	if off {
		o.Notes = []string{"RabbitMQ is stopped on the node: the change takes effect when RabbitMQ is started"}
		return o, nil
	}
	section := record.Section{Name: "plugins", Columns: record.Named("name", "then")}
	for _, n := range s.shown(started) {
		section.Rows = append(section.Rows, record.Row{record.Of(n), record.Of("started")})
	}
	for _, n := range s.shown(stopped) {
		section.Rows = append(section.Rows, record.Row{record.Of(n), record.Of("stopped")})
	}
	o.Facts = record.Document{section}
	if err := s.see(ctx, at); err != nil {
		return Outcome{Word: "incomplete"}, err
	}
	return o, nil
}

// undo restores the file of enabled plugins, and stops the plugins that were started.
func (s *switching) undo(ctx context.Context, at Site, why error) error {
	if err := s.write(ctx, at, s.now.Enabled); err != nil {
		return fail.New(fail.Unavailable, "%w; and the file %s, which names the plugin, cannot be put back: %w", why,
			s.now.File, err).
			Next("the node does not start again with that file: rabbitctl disable_plugins NAME")
	}
	e := fail.New(fail.Unavailable, "%w; the file of enabled plugins lists the same plugins as before", notStarted(why))
	if _, _, _, err := s.ensure(ctx, at); err != nil {
		return e.Next("the node has not applied this file yet (%v): "+
			"rabbitctl list_installed_plugins shows which plugins run", err)
	}
	node, _ := at.Erlang.Node(ctx) // it has just answered
	return e.Next("the node's log says more: rabbitctl log_tail --node %s", fail.Word(node))
}

// notStarted returns an error that names the plugin that does not start, with the reason that the node gives, shortened
// if it is long. It returns any other error unchanged.
func notStarted(why error) error {
	refused := inside.RefusedBy(why)
	if refused == nil {
		return why
	}
	reason, _ := refused.Reason.(erlang.Tuple)
	if len(reason) != 3 || reason[0] != erlang.Atom("could_not_start") {
		return why
	}
	long := []rune(erlang.Text(reason[2]))
	short := string(long)
	if strings.Contains(short, "eaddrinuse") {
		short = "its port is in use (eaddrinuse)"
	} else if len(long) > 200 {
		short = string(long[:200]) + "…"
	}
	return fail.New(fail.Unavailable, "plugin %s does not start: %s", text(reason[1]), short)
}

// see checks that the wanted plugins run now.
func (s *switching) see(ctx context.Context, at Site) error {
	now, err := inside.PluginsOf(ctx, at.Erlang)
	if err != nil {
		return fail.New(fail.KindOf(err), "the node answered ok, but its plugins cannot be read: %w", err)
	}
	later := &switching{now: now, wanted: s.wanted, then: s.then}
	if off := later.starts(); len(off) > 0 {
		return fail.New(fail.Unavailable, "the node answered ok, but these plugins do not run: %s", strings.Join(off, ", ")).
			Next("look in the node's log")
	}
	return nil
}
