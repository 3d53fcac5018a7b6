package personality

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// figured returns the node as the API reports it, once the report has all the wanted members. For about five seconds
// after a boot (measured on 3.10 and 4.3) the API reports only that the node runs, but none of its figures, plugins and
// files. The official tools ask the node itself and have them at once, so this program waits for them.
func (c *call) figured(ctx context.Context, wanted ...string) (record.Value, error) {
	var node record.Value
	err := c.awaited(ctx, func() (lacking []string, err error) {
		if node, err = c.client.Node(ctx, c.node); err != nil {
			return nil, err
		}
		for _, path := range wanted {
			if !node.At(path).Known() {
				return []string{c.node}, nil
			}
		}
		return nil, nil
	})
	return node, err
}

// started waits until the API reports that the plugins named in asked run, or that all enabled plugins run. Then it
// returns the node. The first report about a node is from a moment during its boot, when few plugins ran (measured on
// 3.10 and 4.3). The wait ends after untoldPatience: a plugin that is not reported by then counts as not running.
func (c *call) started(ctx context.Context, asked []string) (record.Value, error) {
	for begun := c.app.Now(); ; {
		node, err := c.figured(ctx, "enabled_plugins", "applications")
		if err != nil {
			return nil, err
		}
		var running []string
		node.At("applications").Each(func(v record.Value) { running = append(running, v.At("name").Text()) })
		runs := func(name string) bool { return slices.Contains(running, name) }
		enabled := textsOf(node.At("enabled_plugins"))
		if len(asked) > 0 && !slices.ContainsFunc(asked, func(name string) bool { return !runs(name) }) ||
			!slices.ContainsFunc(enabled, func(name string) bool { return !runs(name) }) || c.app.Now().
			Sub(begun) > untoldPatience {
			return node, nil
		}
		if c.app.Sleep(ctx, 500*time.Millisecond) != nil {
			return nil, fail.New(fail.Timeout, "node %s has not reported that all its plugins run", c.node).
				Next("give it more time with -t SECONDS")
		}
	}
}

// awaited calls the function ask repeatedly until no node lacks the wanted figures. If the figures do not arrive,
// awaited returns an error: the official tools always print them, and a reader would take a blank in their place for a
// value.
func (c *call) awaited(ctx context.Context, ask func() (lacking []string, err error)) error {
	begun := c.app.Now()
	var lacking []string
	err := c.every(ctx, func() (bool, error) {
		asked, err := ask()
		if err != nil {
			return false, err
		}
		if lacking = asked; len(lacking) == 0 {
			return true, nil
		}
		// Some figures are missing: ask whether statistics are off, because then the figures never arrive.
		off, err := c.client.StatisticsOff(ctx)
		if err == nil && off {
			err = fail.New(fail.Unavailable,
				"%s collects no statistics (management_agent.disable_metrics_collector), so the HTTP API does not have what %s prints", c.client.BaseURL(), c.command).
				Next("run %s on the broker's own machine", c.tool)
		}
		return false, err
	})
	if ctx.Err() == context.DeadlineExceeded && len(lacking) > 0 {
		what := "node " + lacking[0] + " has"
		if len(lacking) > 1 {
			what = "nodes " + strings.Join(lacking, ", ") + " have"
		}
		return fail.New(fail.Timeout, "%s not reported all figures within %s", what, c.app.Now().Sub(begun).
			Round(100*time.Millisecond)).
			Next("a node reports its figures some seconds after its start, if the plugin rabbitmq_management_agent is enabled; give it more time with -t SECONDS, or run %s on the broker's own machine", c.tool)
	}
	return err
}
