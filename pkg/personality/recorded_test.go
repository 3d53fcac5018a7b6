package personality_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/binding"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/channel"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/connection"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/consumer"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/exchange"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/feature"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/federation"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/limit"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/listener"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/node"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/parameter"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/policy"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/user"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/vhost"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// TestRecorded runs commands that only read against recorded answers of real brokers of each release. The output must
// be that of the golden files, so every difference in the output is noticed. The parity suite checks that the real
// tools print the same.
func TestRecorded(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"queues": {
			"list_queues", "list_queues name type arguments messages consumers state --formatter json",
			"list_queues name arguments effective_policy_definition members leader online --formatter erlang",
			"list_queues name message_bytes messages_ram exclusive memory", "list_queues --local name",
			"list_queues --offline name", "list_queues --online -q",
			"list_queues -p nope", "list_queues -p prod name leader", "list_queues --formatter pretty_table",
			"list_queues --formatter csv name members policy",
			"list_queues --dry-run", "list_queues nonsense", "list_queues --nonsense",
		},
		"topology": {
			"list_exchanges", "list_exchanges name arguments internal policy --formatter erlang", "list_bindings",
			"list_bindings -p prod --formatter json",
			"list_policies", "list_operator_policies --formatter json", "list_parameters -p prod",
			"list_global_parameters --formatter erlang",
			"list_policies -p nope",
		},
		"clients": {
			"list_connections", "list_connections user protocol client_properties ssl --formatter erlang",
			"list_connections name host peer_host --formatter json",
			"list_channels", "list_consumers", "list_consumers arguments queue_name active", "list_consumers --formatter json",
		},
		"users": {
			"list_users", "list_users --formatter json_stream", "list_vhosts",
			"list_vhosts name tags cluster_state metadata default_queue_type --formatter json",
			"list_permissions", "list_permissions -p nope", "list_topic_permissions", "list_user_permissions app",
			"list_user_topic_permissions app",
			"list_user_topic_permissions app --table-headers", "list_user_permissions nobody", "list_user_permissions",
			"list_users extra",
			"list_vhost_limits", "list_vhost_limits -p prod", "list_vhost_limits --global", "list_vhost_limits -p nope",
			"list_vhost_limits -p prod --formatter json",
			"list_user_limits --user app", "list_user_limits", "list_user_limits --global", "list_user_limits --user nobody",
		},
		"node": {
			"cluster_status", "cluster_status --formatter json", "listeners", "listeners --formatter json", "alarms",
			"check_alarms", "check_local_alarms",
			"log_location", "log_location --all --formatter json", "list_feature_flags",
			"list_feature_flags name desc --formatter json",
			"list_deprecated_features", "list_deprecated_features name state --formatter json", "version", "server_version",
			"erlang_version",
			"is_booting", "is_running", "ping",
			"status", "status --unit mib -q", "status --formatter json", "listeners --formatter csv",
			"memory_breakdown", "memory_breakdown --unit mb -q", "memory_breakdown --formatter csv -q",
			"memory_breakdown --formatter erlang -q", "memory_breakdown --formatter json",
			"list_node_auth_attempt_stats", "list_node_auth_attempt_stats --by-source",
			"list_policies_that_match orders", "list_policies_that_match ledger --object-type queue --formatter json",
			"list_policies_that_match nope",
		},
		"members": {"quorum_status ledger", "quorum_status orders", "quorum_status nope"},
		"plugins": {"list -e -m",
			"is_enabled rabbitmq_management", "is_enabled rabbitmq_shovel x"},
	}
	tools := map[string]string{"node": "rabbitmq-diagnostics", "members": "rabbitmq-queues", "plugins": "rabbitmq-plugins"}
	for _, release := range brokertest.Releases() {
		for part, lines := range tests {
			t.Run(release+" "+part, func(t *testing.T) {
				t.Parallel()
				broker := brokertest.NewReplay(t, release)
				tool := tools[part]
				var env []string
				if part == "members" {
					env = ofNoNode()
				}
				if tool == "" {
					tool = "rabbitmqctl"
				}
				var b strings.Builder
				for _, line := range lines {
					out, errs, err := replayKnowing(t, env, broker.URL, tool, strings.Fields(line)...)
					fmt.Fprintf(&b, "$ %s %s\n%s", tool, line, out)
					if errs != "" {
						fmt.Fprintf(&b, "-- stderr --\n%s", errs)
					}
					if err != nil {
						fmt.Fprintf(&b, "-- %s --\n", fail.KindOf(err))
					}
					b.WriteByte('\n')
				}
				golden.Check(t, "recorded/"+release+" "+part, strings.ReplaceAll(b.String(), broker.URL, "http://broker"))
			})
		}
	}
}

// ofNoNode returns environment variables with which no node can be reached over Erlang distribution. So the output does
// not depend on a cookie of this machine.
func ofNoNode() []string {
	return []string{"RABBITCTL_ERLANG_COOKIE=of no node", "RABBITCTL_EPMD_PORT=1"}
}

// replay runs a command line of an official tool. The rows can come from every listing of rabbitctl.
func replay(t *testing.T, url, tool string, words ...string) (out, errs string, err error) {
	t.Helper()
	return replayKnowing(t, nil, url, tool, words...)
}

// replayKnowing does the same as replay, with more environment variables.
func replayKnowing(t *testing.T, env []string, url, tool string, words ...string) (out, errs string, err error) {
	t.Helper()
	streams, stdout, stderr := iostreams.Test("")
	a := app.New(streams, append([]string{brokertest.NoHome, "RABBITCTL_URL=" + url, "RABBITCTL_USERNAME=guest",
		"RABBITCTL_PASSWORD=guest"}, env...), "test")
	a.UseFlags(t.Context(), nil, true)
	commands := slices.Concat(queue.Commands(), exchange.Commands(), binding.Commands(), policy.Commands(),
		parameter.Commands(), connection.Commands(),
		channel.Commands(), consumer.Commands(), user.Commands(), vhost.Commands(), limit.Commands(), feature.Commands(),
		listener.Commands(), node.Commands(), federation.Commands())
	err = personality.Run(t.Context(), a, among(commands), tool, words)
	return stdout.String(), stderr.String(), err
}
