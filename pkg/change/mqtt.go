package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// DecommissionMQTTNode removes a node from the group of nodes that together keep the state of MQTT. The node's part of
// that state is lost. Only releases before 4.0 have such a group.
func DecommissionMQTTNode() Op {
	node := ""
	return Op{Name: "decommission_mqtt_node", Noun: "node", NamesNodes: true, Erlang: true,
		Params: []Param{FreeArg("node", "", &node).Official()},
		Plan: func(_ context.Context, at Site) (*Plan, error) {
			action := "take node " + node + " out of the nodes of MQTT"
			return Once(action, "decommissioned", func(ctx context.Context) error {
				return at.do(ctx, action, "rabbit_mqtt_collector", "leave", erlang.Binary(node))
			}), nil
		}}
}
