package change

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// The module of the plugin that caches logins, and the name of the plugin.
const (
	cacheModule = "rabbit_auth_backend_cache"
	cachePlugin = "rabbitmq_auth_backend_cache"
)

// ClearAuthCache makes all nodes forget the logins that the plugin rabbitmq_auth_backend_cache keeps.
func ClearAuthCache() Op {
	return Op{
		Name: "clear_auth_backend_cache", Noun: "node", NamesNodes: true, Erlang: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			var nodes []string
			plan := &Plan{Steps: []Step{{Action: clearingLogins, Do: func(ctx context.Context) (Outcome, error) {
				answered, err := at.clearLogins(ctx)
				return cleared(nodes, answered), err
			}}}}
			if at.Official {
				return plan, nil
			}
			if err := at.running(ctx); err != nil {
				return nil, err
			}
			var err error
			if nodes, err = at.nodesWith(ctx, cachePlugin); err != nil {
				return nil, err
			}
			if len(nodes) == 0 {
				// If the plugin is disabled, the node answers with an empty list, as if the logins had been forgotten (4.3.6).
				return nil, fail.New(fail.Unavailable, "the plugin %s runs on no node of the cluster, so no logins are cached",
					cachePlugin).Next("there is nothing to clear; rabbitctl list_plugins shows which plugins run")
			}
			plan.Hits = record.Document{membersSection(nodes)}
			plan.Hits[0].Name = "nodes"
			return plan, nil
		},
	}
}

const clearingLogins = "clear the cached logins on all nodes with the plugin " + cachePlugin

// clearLogins returns how many nodes report that they have forgotten the cached logins. The answer leaves out a node
// that fails, and a node on which the plugin does not run.
func (s Site) clearLogins(ctx context.Context) (int, error) {
	answer, err := s.Erlang.Change(ctx, clearingLogins, call(cacheModule, "clear_cache_cluster_wide"))
	switch {
	case erldist.IsMissing(err):
		return 0, inside.WithoutFunction(ctx, s.Erlang, cacheModule, cachePlugin, "4.0.7")
	case err != nil:
		return 0, inside.WithoutPlugin(err, cachePlugin)
	}
	list, _ := answer.(erlang.List)
	for _, one := range list {
		if one != erlang.Atom("ok") {
			return 0, fail.New(fail.Unavailable, "a node answered %s; the others may have forgotten the cached logins",
				erlang.Text(one))
		}
	}
	return len(list), nil
}

// cleared returns the outcome. answered is how many of the nodes have answered.
func cleared(nodes []string, answered int) Outcome {
	o := Outcome{Word: "cleared"}
	if len(nodes) > answered {
		o.Word = "incomplete"
		o.Failed = fail.New(fail.Incomplete, "the cached logins were cleared on only %s, but %d run the plugin: %s",
			prose.Plural(answered, "node", "nodes"), len(nodes), strings.Join(nodes, ", ")).
			Next("run the same command again; rabbitctl list_nodes shows which nodes run")
	}
	return o
}

// nodesWith returns the nodes of the cluster on which an Erlang application, such as a plugin, runs. If a running node
// does not say which applications run there, that is an error.
func (s Site) nodesWith(ctx context.Context, application string) ([]string, error) {
	all, err := inside.RunningNodes(ctx, s.Erlang)
	if err != nil {
		return nil, err
	}
	var with []string
	for _, node := range all {
		running, err := s.askOf(ctx, node, "application", "which_applications")
		if err != nil {
			return nil, fail.New(fail.KindOf(err), "nothing was cleared: it is not known whether %s runs on node "+
				"%s: %w", application, node, err)
		}
		list, _ := running.(erlang.List)
		if slices.ContainsFunc(list, func(e erlang.Term) bool {
			t, _ := e.(erlang.Tuple)
			return len(t) > 0 && t[0] == erlang.Atom(application)
		}) {
			with = append(with, node)
		}
	}
	return with, nil
}
