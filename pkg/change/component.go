package change

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// declare returns the plan that gives the parameter these settings.
func (p *parameter) declare(ctx context.Context, at Site, s keyed) (*Plan, error) {
	value, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	p.value = value
	return p.set(ctx, at)
}

// pluginOn refuses a parameter whose plugin is on no running node. If the user may not list the nodes, or no running
// node reports its plugins, pluginOn refuses nothing, and the broker decides.
func (p *parameter) pluginOn(ctx context.Context, at Site) error {
	if p.plugin == "" {
		return nil
	}
	type node struct {
		running bool
		enabled []string
	}
	reader := record.NewReader(func(b *record.Binder, n *node) {
		b.Flag("running", &n.running)
		b.Texts("enabled_plugins", &n.enabled)
	})
	seen := false
	for n, err := range reader.All(at.Broker.Nodes(ctx, reader.Columns())) {
		switch {
		case fail.KindOf(err) == fail.Denied, broker.IsNotFound(err):
			return nil
		case err != nil:
			return err
		case n.running && slices.ContainsFunc(n.enabled, func(e string) bool { return strings.HasPrefix(e, p.plugin) }):
			return nil
		}
		seen = seen || n.running && len(n.enabled) > 0
	}
	if !seen {
		return nil
	}
	return p.pluginOff(at, nil)
}

func (p *parameter) pluginOff(at Site, err error) error {
	e := fail.New(fail.Unavailable, "%s has no %ss: its plugin %s is off", at.Broker.BaseURL(), p.noun, p.plugin).
		Do(fail.EnablePlugin, p.plugin)
	e.Err = err
	return e
}

// refused turns the broker's refusal of an unknown component into the error that the plugin is off.
func (p *parameter) refused(at Site, err error) error {
	if p.plugin != "" && strings.Contains(broker.ReasonOf(err), "component "+p.component+" not found") {
		return p.pluginOff(at, err)
	}
	return err
}
