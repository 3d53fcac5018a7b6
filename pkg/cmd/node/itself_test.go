package node_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// TestStatus_itself: if the management API does not answer, status shows what the node reports about itself.
func TestStatus_itself(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: nodetest.Itself(map[string]string{
		"rabbit_nodes:list_members/0": "[rabbit@localhost,rabbit@b]", "rabbit_nodes:list_running/0": "[rabbit@localhost]",
		"rabbit_alarm:get_alarms/0": "[{{resource_limit,memory,rabbit@localhost},[]},{file_descriptor_limit,[]}]"})}).Start(t)
	nowhere := []string{"RABBITCTL_URL=http://127.0.0.1:1"}
	r := at(t, n, nowhere, "status")
	if r.Error != nil || !strings.Contains(r.Err, "reports about itself over Erlang distribution, because nothing listens at") ||
		r.Out != `transports	[erlang]
node	rabbit@localhost
running	true
rabbitmq_version	4.3.6

node	resource
rabbit@localhost	memory

name	running	mem_used	mem_limit	disk_free	disk_free_limit
rabbit@b	false				
rabbit@localhost	true	150000000	4000000000	8000000000	2000000000
` {
		t.Errorf("%v\n%s%s", r.Error, r.Out, r.Err)
	}
	n = (&nodetest.Node{Calls: nodetest.Itself(map[string]string{"rabbit:is_running/0": "false"})}).Start(t)
	if r := at(t, n, nowhere, "status", "-o", "json"); r.Error != nil || !strings.Contains(r.Out, `"running": false`) ||
		!strings.Contains(r.Out, `"erlang"`) || strings.Contains(r.Out, "nodes") {
		t.Errorf("%v\n%s%s", r.Error, r.Out, r.Err)
	}
}
