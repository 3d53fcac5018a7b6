package survey

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// VHostStates lists the virtual hosts that this user may see, with the nodes on which each runs. Users with the tag
// monitoring see them all.
func VHostStates(ctx context.Context, c *broker.Client) ([]health.VHost, error) {
	var out []health.VHost
	err := each(c.VHosts(ctx, named("name", "cluster_state")), func(row record.Row) {
		out = append(out, vhostState(row[0].Text(), row[1]))
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// vhostPatience is how long to wait for the states of virtual hosts where they are only a remark: the broker asks every
// node for them, so a frozen node delays the answer.
const vhostPatience = 5 * time.Second

// VHostState says on which nodes a virtual host runs. Only administrators may ask for one by its name, so the listing
// is asked for others. One that is not listed has no states.
func VHostState(ctx context.Context, c *broker.Client, name string) (health.VHost, error) {
	ctx, cancel := context.WithTimeout(ctx, vhostPatience)
	defer cancel()
	raw, err := c.VHost(ctx, name)
	if err == nil {
		return vhostState(name, raw.At("cluster_state")), nil
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

func vhostState(name string, states record.Value) health.VHost {
	v := health.VHost{Name: name, States: map[string]string{}}
	for node, state := range states.Map() {
		if text, ok := state.(string); ok {
			v.States[node] = text
		}
	}
	return v
}
