package health

import (
	"fmt"
	"slices"
	"strings"
)

// PluginHost is a node with what is enabled there.
type PluginHost struct {
	Node    string
	Running bool
	// Told means that the node's plugins and applications are known, as they are of a node that runs.
	Told bool
	// Enabled are the plugins that were enabled by name.
	Enabled []string
	// Applications are the Erlang applications that run there: plugins, what they need, and parts of Erlang itself.
	Applications []string
}

// PluginsUnsettled tells whether a running node looks as nodes do that have just started: nothing is told of it yet, or one of
// the plugins is enabled there and does not run.
func PluginsUnsettled(hosts []PluginHost, plugins []string) bool {
	return slices.ContainsFunc(hosts, func(h PluginHost) bool {
		return h.Running && (!h.Told || slices.ContainsFunc(plugins, func(p string) bool {
			return slices.Contains(h.Enabled, p) && !slices.Contains(h.Applications, p)
		}))
	})
}

// EnabledPlugins judges whether plugins are enabled, and run, on every node. One that runs without having been enabled by
// name was brought along by another, and is as good. Of a node that does not run nothing is known.
func EnabledPlugins(hosts []PluginHost, plugins []string) Result {
	r := Result{LookedAt: "the node listing, which says what is enabled by name and what runs"}
	if len(hosts) == 0 {
		r.Status, r.Summary = Unknown, "the broker listed no nodes"
		return r
	}
	var wrong, down, mute []string
	for _, h := range hosts {
		switch {
		case !h.Running:
			down = append(down, h.Node)
			continue
		case !h.Told:
			mute = append(mute, h.Node)
			continue
		}
		for _, p := range plugins {
			enabled, runs := slices.Contains(h.Enabled, p), slices.Contains(h.Applications, p)
			switch {
			case enabled && !runs:
				wrong = append(wrong, fmt.Sprintf("%s is enabled on %s, and does not run", p, h.Node))
			case !enabled && !runs:
				wrong = append(wrong, fmt.Sprintf("%s is not enabled on %s", p, h.Node))
			case !enabled:
				r.Details = append(r.Details, fmt.Sprintf("%s runs on %s without being enabled by name: something else needs it", p, h.Node))
			}
		}
	}
	var blind []string
	if len(down) > 0 {
		blind = append(blind, "what is enabled is not known of nodes that do not run: "+some(down))
	}
	if len(mute) > 0 {
		blind = append(blind, "running nodes of which nothing is told: "+some(mute))
	}
	switch {
	case len(wrong) > 0:
		r.Status, r.Summary = Critical, wrong[0]
		if len(wrong) > 1 {
			r.Summary += fmt.Sprintf(", and %d more", len(wrong)-1)
			r.Details = append(wrong[1:], r.Details...)
		}
		r.Details = append(r.Details, blind...)
	case len(blind) > 0:
		r.Status, r.Summary, r.Details = Unknown, blind[0], append(r.Details, blind[1:]...)
	default:
		r.Summary = fmt.Sprintf("%s on %s", strings.Join(plugins, ", "), hosts[0].Node)
		if len(hosts) > 1 {
			r.Summary = fmt.Sprintf("%s on all %d nodes", strings.Join(plugins, ", "), len(hosts))
		}
		r.Summary = "running: " + r.Summary
	}
	return r
}
