package broker

import (
	"context"
	"encoding/json"
	"net/http"
	"unicode/utf8"

	rabbithole "github.com/michaelklishin/rabbit-hole/v2"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// VHostSettings are the settings of a virtual host. A PUT replaces all of them except Tracing, so a caller must send
// back what should stay.
type VHostSettings struct {
	Description string `json:"description"`
	// Tags are separated by commas.
	Tags             string `json:"tags"`
	DefaultQueueType string `json:"default_queue_type,omitempty"`
	// Tracing turns tracing on or off; nil leaves it as it is.
	Tracing *bool `json:"tracing,omitempty"`
}

// PutVHost makes a virtual host, or replaces the settings of one. The user who makes it gets all permissions in it.
func (c *Client) PutVHost(ctx context.Context, name string, s VHostSettings) error {
	// 3.10 has another name for this member, and ignores the new name silently.
	body := struct {
		VHostSettings
		OldDefaultQueueType string `json:"defaultqueuetype,omitempty"`
	}{s, s.DefaultQueueType}
	return c.send(ctx, sent{method: http.MethodPut, path: Path("vhosts", name), body: body})
}

// DeleteVHost removes a virtual host with everything in it. If there is none, the error is a Refusal with status 404;
// if it is protected, one with status 412.
func (c *Client) DeleteVHost(ctx context.Context, name string) error {
	return c.done(c.hole(ctx).DeleteVhost(name))
}

// ProtectVHost protects the virtual host from deletion, or ends the protection. On releases before 4.0.6, which do not
// offer this, and for a virtual host that does not exist, the error is a Refusal with status 404.
func (c *Client) ProtectVHost(ctx context.Context, name string, protect bool) error {
	method := http.MethodDelete
	if protect {
		method = http.MethodPost
	}
	return c.send(ctx, sent{method: method, path: Path("vhosts", name, "deletion", "protection")})
}

// RestartVHost starts a virtual host that stopped on a node.
func (c *Client) RestartVHost(ctx context.Context, name, node string) error {
	return c.send(ctx, sent{method: http.MethodPost, path: Path("vhosts", name, "start", node)})
}

// PolicySettings are the content of a policy. Definition is the JSON text as it was given.
type PolicySettings struct {
	Pattern    string          `json:"pattern"`
	Definition json.RawMessage `json:"definition"`
	Priority   int             `json:"priority"`
	ApplyTo    string          `json:"apply-to"`
}

// policies returns the name of the API's collection of policies or of operator policies.
func policies(operator bool) string {
	if operator {
		return "operator-policies"
	}
	return "policies"
}

// SetPolicy makes or replaces a policy or, where operator is set, an operator policy.
func (c *Client) SetPolicy(ctx context.Context, operator bool, vhost, name string, p PolicySettings) error {
	return c.send(ctx, sent{method: http.MethodPut, path: Path(policies(operator), vhost, name), body: p})
}

// ClearPolicy removes a policy or, where operator is set, an operator policy. If there is none, the error is a Refusal
// with status 404.
func (c *Client) ClearPolicy(ctx context.Context, operator bool, vhost, name string) error {
	if operator {
		return c.done(c.hole(ctx).DeleteOperatorPolicy(vhost, name))
	}
	return c.done(c.hole(ctx).DeletePolicy(vhost, name))
}

// SetParameter makes or replaces a runtime parameter of a plugin or of limits.
func (c *Client) SetParameter(ctx context.Context, component, vhost, name string, value json.RawMessage) error {
	return c.send(ctx, sent{method: http.MethodPut, path: Path("parameters", component, vhost, name),
		body: map[string]any{"value": value}})
}

// ClearParameter removes a runtime parameter. If there is none, the error is a Refusal with status 404.
func (c *Client) ClearParameter(ctx context.Context, component, vhost, name string) error {
	return c.done(c.hole(ctx).DeleteRuntimeParameter(component, vhost, name))
}

// SetGlobalParameter makes or replaces a cluster-wide runtime parameter.
func (c *Client) SetGlobalParameter(ctx context.Context, name string, value json.RawMessage) error {
	if err := asAtom(name); err != nil {
		return err
	}
	return c.send(ctx, sent{method: http.MethodPut, path: Path("global-parameters", name),
		body: map[string]any{"value": value}})
}

// ClearGlobalParameter removes a cluster-wide runtime parameter. If there is none, the error is a Refusal with status
// 404.
func (c *Client) ClearGlobalParameter(ctx context.Context, name string) error {
	if err := asAtom(name); err != nil {
		return err
	}
	return c.done(c.hole(ctx).DeleteGlobalParameter(name))
}

// asAtom refuses what cannot be the name of a global parameter. Brokers make an Erlang atom of the name. If they
// cannot, they answer with status 500 (measured on 3.10 and 4.3): both releases to a PUT, 3.10 also to a DELETE and a
// GET.
func asAtom(name string) error {
	const most = 255
	switch n := utf8.RuneCountInString(name); {
	case !utf8.ValidString(name):
		return fail.New(fail.Data, "not sent: the name of a global parameter must be UTF-8, and %s is not", name)
	case n > most:
		return fail.New(fail.Data, "not sent: the name of a global parameter has at most %d characters, and this one has %d",
			most, n)
	}
	return nil
}

// SetClusterName gives the cluster another name.
func (c *Client) SetClusterName(ctx context.Context, name string) error {
	return c.done(c.hole(ctx).SetClusterName(rabbithole.ClusterName{Name: name}))
}

// EnableFeatureFlag enables a feature flag, which cannot be undone. For an unknown flag the error is a Refusal with
// status 400.
func (c *Client) EnableFeatureFlag(ctx context.Context, name string) error {
	return c.send(ctx, sent{method: http.MethodPut, path: Path("feature-flags", name, "enable"), body: struct{}{}})
}

// Parameter returns one runtime parameter. If there is none, the error is a Refusal with status 404.
func (c *Client) Parameter(ctx context.Context, component, vhost, name string) (record.Value, error) {
	return c.value(ctx, Path("parameters", component, vhost, name), nil,
		wanted{members: []string{"value"}, identity: []member{{"component", component}, {"vhost", vhost}, {"name", name}}})
}

// GlobalParameter returns one cluster-wide runtime parameter. If there is none, the error is a Refusal with status 404.
func (c *Client) GlobalParameter(ctx context.Context, name string) (record.Value, error) {
	if err := asAtom(name); err != nil {
		return nil, err
	}
	return c.value(ctx, Path("global-parameters", name), nil, objectNamed(name)) // its value can be null
}

// Rebalance makes the broker spread the leaders of replicated queues over the nodes. The broker answers before it is
// done.
func (c *Client) Rebalance(ctx context.Context) error {
	return c.send(ctx, sent{method: http.MethodPost, path: Path("rebalance", "queues"), body: struct{}{}})
}
