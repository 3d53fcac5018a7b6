package doctor_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/doctor"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// TestDoctor_itself: if the management API does not answer, doctor uses what the node itself reports. The verdict is
// never OK then, because doctor could not look at the rest.
func TestDoctor_itself(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		says map[string]string
		kind fail.Kind
		out  []string
	}{
		{nil, fail.Unknown, []string{"UNKNOWN: the management API of rabbit@localhost does not answer, so only the node's own report was checked",
			"RabbitMQ 4.3.6 runs on it", "rabbitctl enable_plugins rabbitmq_management"}},
		{map[string]string{"rabbit_alarm:get_alarms/0": "[{{resource_limit,disk,rabbit@localhost},[]}]",
			"rabbit_disk_monitor:get_disk_free/0": "1000000000"}, fail.Critical, []string{
			"CRITICAL: publishers are stopped on all nodes: disk alarm on rabbit@localhost",
			"rabbitctl set_disk_free_limit 500MB --node rabbit@localhost", "UNKNOWN: the management API of rabbit@localhost does not answer"}},
		{map[string]string{"rabbit:is_running/0": "false"}, fail.Critical, []string{
			"CRITICAL: RabbitMQ is stopped on rabbit@localhost; the Erlang node runs",
			"rabbitctl start_app --node rabbit@localhost"}},
		{map[string]string{"rabbit:is_running/0": "false", "rabbit:is_booting/0": "true"}, fail.Critical, []string{
			"CRITICAL: RabbitMQ is still starting on rabbit@localhost; the Erlang node runs", "rabbitctl await_ready"}},
	} {
		n := (&nodetest.Node{Calls: nodetest.Itself(c.says)}).Start(t)
		env := append(n.Env(t), "RABBITCTL_URL=http://127.0.0.1:1")
		r := cmdtest.Run{Commands: doctor.Commands(), Env: env}.Do(t, brokertest.New(t), "doctor")
		if fail.KindOf(r.Error) != c.kind {
			t.Errorf("%v\n%s%s", r.Error, r.Out, r.Err)
		}
		for _, want := range c.out {
			if !strings.Contains(r.Out, want) {
				t.Errorf("%q is missing:\n%s", want, r.Out)
			}
		}
	}
}
