package personality

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// addressed checks that -n names a node of the cluster whose API is used, and returns the name of that node. Any node
// of the cluster can answer, since all list the same. Without -n, addressed returns "" or, if needed is true, the name
// of the node that answers.
func (r *run) addressed(ctx context.Context, client *broker.Client, needed bool) (string, error) {
	name, ok := r.line.given("node")
	if !ok {
		if !needed {
			return "", nil
		}
		overview, err := client.Overview(ctx)
		return overview.At("node").Text(), err
	}
	var all []string
	for node, err := range record.EachText(client.Nodes(ctx, record.Named("name"))) {
		if err != nil {
			return "", err
		}
		if isNode(node, name) {
			return node, nil
		}
		all = append(all, node)
	}
	return "", r.stranger(client, name, all)
}

// node returns the name of the node for messages. It comes from -n or from the settings, or is made from the endpoint's
// host.
func (r *run) node() string {
	if name, ok := r.line.given("node"); ok {
		return name
	}
	if s, err := r.app.Settings(); err == nil && s.Distribution.Node != "" {
		return s.Distribution.Node
	}
	client, err := r.app.Broker()
	if err != nil {
		return "rabbit"
	}
	if u, err := url.Parse(client.BaseURL()); err == nil {
		return "rabbit@" + u.Hostname()
	}
	return "rabbit"
}

// budget sets the time limit for the rest of the command. With -t, the limit is the value of -t. Without -t, it is the
// command's own limit (the parameter otherwise, in seconds), or a shorter --timeout from before the tool's name. If the
// command has no limit of its own, it is the limit of the settings. grace is added to the value of -t and to the
// command's own limit. The time to find credentials counts, but not the time that a person takes to type.
func (r *run) budget(ctx context.Context, otherwise int, grace time.Duration) (context.Context, context.CancelFunc,
	error) {
	settings, err := r.app.Settings()
	if err != nil {
		return nil, nil, err
	}
	_, given := r.line.given("timeout")
	limit := r.limit(otherwise)
	switch {
	case given:
		return r.app.Within(ctx, max(limit+grace, time.Nanosecond)) // 0 means no time at all, as in the official tools
	case limit == 0 || strings.HasPrefix(settings.Origin("timeout"), "flag ") && settings.Timeout > 0 &&
		settings.Timeout < limit:
		return r.app.Budget(ctx)
	}
	return r.app.Within(ctx, limit+grace)
}

// reachable refuses names that a path of the API cannot contain, such as "." and "..".
func reachable(ask verb.Ask) error {
	for _, name := range append([]string{ask.VHost}, ask.Args...) {
		if name != "" && !broker.Addressable(name) {
			return fail.New(fail.Unavailable, "the HTTP API cannot address the name %q", name)
		}
	}
	for _, name := range ask.Args {
		if name == "" {
			return fail.New(fail.Unavailable, "the HTTP API cannot address an empty name")
		}
	}
	return nil
}
