package check_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestIsEnabled(t *testing.T) {
	t.Parallel()
	const (
		ask   = "GET /api/nodes?columns=name%2Crunning%2Cenabled_plugins%2Capplications"
		well  = `{"name":"rabbit@a","running":true,"enabled_plugins":["rabbitmq_shovel"],"applications":[{"name":"rabbit"},{"name":"amqp_client"},{"name":"rabbitmq_shovel"}]}`
		other = `{"name":"rabbit@b","running":true,"enabled_plugins":[],"applications":[{"name":"rabbit"}]}`
		down  = `{"name":"rabbit@c","running":false}`
	)
	for _, tt := range []struct {
		words, nodes string
		kind         fail.Kind
		says         []string
	}{
		{"rabbitmq_shovel", well, "", []string{"OK - running: rabbitmq_shovel on rabbit@a"}},
		{"rabbitmq_shovel amqp_client", well, "", []string{"OK - running: rabbitmq_shovel, amqp_client on rabbit@a",
			"amqp_client runs on rabbit@a without being enabled explicitly"}},
		{"rabbitmq_shovle", well, fail.Critical, []string{"CRITICAL - rabbitmq_shovle is not enabled on rabbit@a",
			"did you mean rabbitmq_shovel?"}},
		{"rabbitmq_shovel", well + "," + other, fail.Critical,
			[]string{"CRITICAL - rabbitmq_shovel is not enabled on rabbit@b"}},
		{"rabbitmq_shovel", well + "," + down, fail.Unknown,
			[]string{"UNKNOWN - enabled plugins are unknown on nodes that do not run: rabbit@c"}},
	} {
		s := brokertest.New(t)
		s.JSON(ask, 200, "["+tt.nodes+"]")
		got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, append([]string{"is_enabled"},
			strings.Fields(tt.words)...)...)
		for _, says := range tt.says {
			if !strings.Contains(got.Out, says) {
				t.Errorf("%s: %q is not in\n%s", tt.words, says, got.Out)
			}
		}
		if kindOf(got.Error) != tt.kind || tt.kind != fail.Critical && strings.Contains(got.Out, "did you mean") {
			t.Errorf("%s: %v\n%s", tt.words, got.Error, got.Out)
		}
	}
	// For a node that has just started, the listing first shows no plugins, then the enabled ones, and then those that
	// run.
	const mute, stopped = `[{"name":"rabbit@a","running":true}]`,
		`[{"name":"rabbit@a","running":true,"enabled_plugins":["rabbitmq_shovel"],"applications":[{"name":"rabbit"}]}]`
	for _, tt := range []struct {
		looks []string
		kind  fail.Kind
	}{
		{[]string{stopped}, ""}, {[]string{mute}, ""}, {[]string{mute, stopped}, ""},
		{[]string{stopped, stopped, stopped}, fail.Critical}, {[]string{mute, mute, mute}, fail.Unknown},
	} {
		s := brokertest.New(t)
		for _, look := range tt.looks {
			s.JSON(ask, 200, look)
		}
		if tt.kind == "" {
			s.JSON(ask, 200, "["+well+"]")
		}
		if got := (cmdtest.Run{Commands: check.Commands()}).
			Do(t, s, "is_enabled", "rabbitmq_shovel"); kindOf(got.Error) != tt.kind {
			t.Errorf("after %q: %v\n%s", tt.looks, got.Error, got.Out)
		}
	}
	s := brokertest.New(t)
	s.JSON(ask, 401, brokertest.Recorded(t, "4.3", "401-monitor"))
	if got := (cmdtest.Run{Commands: check.Commands()}).
		Do(t, s, "is_enabled", "rabbitmq_shovel"); kindOf(got.Error) != fail.Unknown || !strings.Contains(got.Out,
		"monitor may not see this") {
		t.Errorf("%v\n%s", got.Error, got.Out)
	}
}
