package survey

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// VHostStates lists the virtual hosts that this user may see, with the state of each on every node. Users with the tag
// monitoring see all virtual hosts.
func VHostStates(ctx context.Context, c *broker.Client) ([]health.VHost, error) {
	out, err := listed(ctx, c, (*broker.Client).VHosts, func(b *record.Binder, v *health.VHost) {
		b.Text("name", &v.Name)
		b.Value("cluster_state", func(states record.Value) { v.States = statesOf(states) })
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// vhostPatience is how long to wait for the states of virtual hosts if they are only additional facts. The broker asks
// every node for them, so a frozen node delays the answer.
const vhostPatience = 5 * time.Second

// VHostState reports on which nodes a virtual host runs. Only administrators may read one virtual host by its name; for
// other users VHostState reads the listing. A virtual host that is not listed has no states.
func VHostState(ctx context.Context, c *broker.Client, name string) (health.VHost, error) {
	ctx, cancel := context.WithTimeout(ctx, vhostPatience)
	defer cancel()
	raw, err := c.VHost(ctx, name)
	if err == nil {
		return health.VHost{Name: name, States: statesOf(raw.At("cluster_state"))}, nil
	}
	if fail.KindOf(err) != fail.Denied {
		return health.VHost{Name: name}, err
	}
	all, err := VHostStates(ctx, c)
	for _, v := range all {
		if v.Name == name {
			return v, nil
		}
	}
	return health.VHost{Name: name}, err
}

// statesOf returns the states of a virtual host by node.
func statesOf(sent record.Value) map[string]string {
	states := map[string]string{}
	for node, state := range sent.Map() {
		if text, ok := state.(string); ok {
			states[node] = text
		}
	}
	return states
}
