package node_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
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
booting	false
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

// TestAway_erlang: an error of Erlang distribution says nothing about the management API. So rabbitctl does not ask the
// node about its API, and gives no advice about the API.
func TestAway_erlang(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: nodetest.Itself(nil)}).Start(t)
	for _, port := range []string{"RABBITCTL_EPMD_PORT=1", "RABBITCTL_NODE_PORT=1"} {
		r := at(t, n, []string{port}, "force_gc")
		text := fmt.Sprint(r.Error, steps.Of(r.Error))
		if fail.KindOf(r.Error) != fail.Unreachable || strings.Contains(text, "management") ||
			strings.Count(text, "refused") != 1 {
			t.Errorf("%s: %s", port, text)
		}
	}
	if len(n.Asked()) > 0 {
		t.Errorf("asked %q", n.Asked())
	}
}
