package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/cluster"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/install"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// target is a broker, written NAME, or one of its nodes, written NAME/2.
type target struct {
	name  string
	index int // 0 for all nodes
}

func parseTarget(text string) (target, error) {
	name, index, one := strings.Cut(text, "/")
	if err := state.CheckName(name); err != nil {
		return target{}, err
	}
	if !one {
		return target{name: name}, nil
	}
	n, err := strconv.Atoi(index)
	if err != nil || n < 1 {
		return target{}, fail.Usagef("%q: after / comes the number of a node, from 1", text)
	}
	return target{name: name, index: n}, nil
}

func (t target) nodes(b state.Broker) ([]state.Node, error) {
	if t.index == 0 {
		return b.Nodes, nil
	}
	n, err := b.Find(t.index)
	return []state.Node{n}, err
}

// first returns the target's node; for a whole broker, its first node.
func (t target) first(b state.Broker) (state.Node, error) { return b.Find(max(t.index, 1)) }

// broker reads the broker of that name. An empty name means the only broker; if there are several, the one with the
// default name of the installed release.
func (e *env) broker(name string) (state.Broker, error) {
	store, err := state.Locate(e.getenv)
	if err != nil {
		return state.Broker{}, err
	}
	if name != "" {
		return store.Load(name)
	}
	all, err := store.All()
	if err != nil {
		return state.Broker{}, err
	}
	if len(all) == 0 {
		return state.Broker{}, fail.New(fail.NotFound, "there is no broker").Next("devbroker up starts one")
	}
	if len(all) == 1 {
		return all[0], nil
	}
	var names []string
	p, installed := e.finder(nil).Installed()
	for _, b := range all {
		if installed && b.Name == cluster.DefaultName(p.Release, 1) {
			return b, nil
		}
		names = append(names, b.Name)
	}
	return state.Broker{}, fail.Usagef("there are several brokers, %s: name one", strings.Join(names, ", "))
}

func (e *env) finder(report func(string, ...any)) install.Finder {
	return install.Finder{Cache: cacheFolder(e.getenv), Root: "/", Report: report}
}

// engine is the cluster engine for this machine's store. report may be nil.
func (e *env) engine(report func(string, ...any)) (cluster.Engine, error) {
	store, err := state.Locate(e.getenv)
	if err != nil {
		return cluster.Engine{}, err
	}
	if report == nil {
		report = func(string, ...any) {}
	}
	finder := e.finder(report)
	return cluster.Engine{
		Store: store,
		Programs: func(ctx context.Context, release string) (install.Programs, error) {
			return finder.Find(ctx, release)
		},
		Tool:   runTool(store),
		Report: report,
		Memory: watermark(),
	}, nil
}
