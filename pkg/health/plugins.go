package health

import (
	"fmt"
	"slices"
	"strings"
)

// PluginHost is a node with the plugins that are enabled there.
type PluginHost struct {
	Node    string
	Running bool
	// Reported means that the node has reported its plugins and applications; a node that has just started has not.
	Reported bool
	// Enabled holds the plugins that were enabled explicitly.
	Enabled []string
	// Applications holds the Erlang applications that run on the node: plugins, their dependencies, and parts of Erlang
	// itself.
	Applications []string
}

// PluginsUnsettled reports whether a running node looks as if it had just started: it has not reported its plugins yet,
// or one of the given plugins is enabled there and does not run yet.
func PluginsUnsettled(hosts []PluginHost, plugins []string) bool {
	return slices.ContainsFunc(hosts, func(h PluginHost) bool {
		return h.Running && (!h.Reported || slices.ContainsFunc(plugins, func(p string) bool {
			return slices.Contains(h.Enabled, p) && !slices.Contains(h.Applications, p)
		}))
	})
}

// EnabledPlugins judges whether plugins are enabled, and run, on every node. A plugin that runs as a dependency of
// another plugin is OK too. The plugins of a node that does not run are not known.
func EnabledPlugins(hosts []PluginHost, plugins []string) Result {
	r := Result{LookedAt: "the enabled and the running plugins in the node listing"}
	if len(hosts) == 0 {
		r.Status, r.Summary = Unknown, "the broker listed no nodes"
		return r
	}
	var wrong, down, notReported []string
	for _, h := range hosts {
		switch {
		case !h.Running:
			down = append(down, h.Node)
			continue
		case !h.Reported:
			notReported = append(notReported, h.Node)
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
				r.Details = append(r.Details, fmt.Sprintf("%s runs on %s without being enabled explicitly: another plugin needs it",
					p, h.Node))
			}
		}
	}
	var unknown []string
	if len(down) > 0 {
		unknown = append(unknown, "enabled plugins are unknown on nodes that do not run: "+some(down))
	}
	if len(notReported) > 0 {
		unknown = append(unknown, "running nodes that have not reported their plugins yet: "+some(notReported))
	}
	switch {
	case len(wrong) > 0:
		r.Status, r.Summary = Critical, wrong[0]
		if len(wrong) > 1 {
			r.Summary += fmt.Sprintf(", and %d more", len(wrong)-1)
			r.Details = append(wrong[1:], r.Details...)
		}
		r.Details = append(r.Details, unknown...)
	case len(unknown) > 0:
		r.Status, r.Summary, r.Details = Unknown, unknown[0], append(r.Details, unknown[1:]...)
	default:
		r.Summary = fmt.Sprintf("%s on %s", strings.Join(plugins, ", "), hosts[0].Node)
		if len(hosts) > 1 {
			r.Summary = fmt.Sprintf("%s on all %d nodes", strings.Join(plugins, ", "), len(hosts))
		}
		r.Summary = "running: " + r.Summary
	}
	return r
}
