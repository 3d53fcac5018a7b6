//go:build acceptance

package acceptance

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cli"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// TestEveryChange makes the changes of everyChange, most of them four times: with refused input, as a dry run, for
// real, and once more for real. Dry runs, comparisons and refused changes must leave everything as it was. Other
// changes are in TestAccessChanges. For the rest, the function elsewhere names the tests.
func TestEveryChange(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		own := fmt.Sprintf("%08x", rand.Uint32())
		vhost := b.vhost(t, "every "+own+" ")
		user := "u-" + own
		b.do(t, "PUT", path("users", user), map[string]any{"password": "x", "tags": ""})
		old := get[struct{ Name string }](t, b, "/cluster-name").Name
		t.Cleanup(func() {
			_, _, _ = b.request("DELETE", path("users", user), nil)
			_, _, _ = b.request("PUT", path("cluster-name"), map[string]any{"name": old})
			_, _, _ = b.request("DELETE", path("global-parameters", "g-"+own), nil)
		})
		b.carry(t, own, everyChange(b.Release), strings.NewReplacer("VHOST", vhost, "USER", user, "OWN", own,
			"NODE", b.Node, "NOWHERE", "amqp://127.0.0.1:1"))
	})
}

func everyChange(release string) []accessChange {
	type c = accessChange
	all := []c{
		{line: "declare_exchange x-OWN -p VHOST --dry-run"},
		{line: "declare_exchange x-OWN -p VHOST --check", says: "missing", code: 65},
		{line: "declare_exchange x-OWN -p VHOST --argument x", code: 64},
		{line: "declare_exchange x-OWN -p VHOST --type topic", says: "created"},
		{line: "declare_exchange x-OWN -p VHOST --type topic", says: "unchanged"},
		{line: "declare_exchange x-OWN -p VHOST --type fanout", says: "differs", code: 4},
		{line: "declare_queue q-OWN -p VHOST --dry-run"},
		{line: "declare_queue q-OWN -p VHOST --max-length many", code: 64},
		{line: "declare_queue q-OWN -p VHOST --type classic", says: "created"},
		{line: "declare_queue q-OWN -p VHOST --type classic", says: "unchanged"},
		{line: "declare_queue q-OWN -p VHOST --max-length 5", says: "differs", code: 4},
		{line: "declare_stream s-OWN -p VHOST --dry-run"}, {line: "declare_stream s-OWN -p VHOST --max-age old", code: 64},
		{line: "declare_stream s-OWN -p VHOST --max-age 1D", says: "created"},
		{line: "declare_stream s-OWN -p VHOST --max-age 1D", says: "unchanged"},
		{line: "bind x-OWN q-OWN k -p VHOST --dry-run"}, {line: "bind x-OWN q-OWN k -p VHOST --argument x", code: 64},
		{line: "bind x-OWN q-OWN k -p VHOST", says: "created"}, {line: "bind x-OWN q-OWN k -p VHOST", says: "unchanged"},
		{line: "bind x-OWN no-OWN k -p VHOST", code: 65},
		{line: "unbind x-OWN q-OWN k -p VHOST --dry-run", says: "source_name\t"},
		{line: "unbind x-OWN q-OWN k -p VHOST", code: 64},
		{line: "unbind x-OWN q-OWN k -p VHOST --yes", says: "deleted"},
		{line: "unbind x-OWN q-OWN k -p VHOST --yes", code: 65},
		{line: "unbind x-OWN q-OWN k -p VHOST --yes --if-exists", says: "absent"},
		{line: "purge_queue q-OWN -p VHOST --dry-run", says: "vhost\t"}, {line: "purge_queue q-OWN -p VHOST", code: 64},
		{line: "purge_queue q-OWN -p VHOST --yes", says: "purged"}, {line: "purge_queue no-OWN -p VHOST --yes", code: 65},
		{line: "purge_queue no-OWN -p VHOST --yes --if-exists", says: "absent"},
		{line: "delete_queue q-OWN -p VHOST --dry-run", says: "vhost\t"}, {line: "delete_queue q-OWN -p VHOST", code: 64},
		{line: "delete_queue q-OWN s-OWN -p VHOST --yes", says: "done"},
		{line: "delete_queue q-OWN -p VHOST --yes", code: 65},
		{line: "delete_queue q-OWN -p VHOST --yes --if-exists", says: "absent"},
		{line: "delete_exchange x-OWN -p VHOST --dry-run", says: "vhost\t"},
		{line: "delete_exchange x-OWN -p VHOST", code: 64},
		{line: "delete_exchange x-OWN -p VHOST --yes", says: "deleted"},
		{line: "delete_exchange x-OWN -p VHOST --yes", code: 65},
		{line: "delete_exchange x-OWN -p VHOST --yes --if-exists", says: "absent"},
		{line: "delete_exchanges --match ^x-OWN$ --dry-run"}, {line: "delete_exchanges --yes", code: 64},
		{line: "delete_exchanges --match ^x-OWN$ --yes", says: "unchanged"},

		{line: `set_parameter federation-upstream p-OWN {"uri":"amqp://"} -p VHOST --dry-run`},
		{line: `set_parameter federation-upstream p-OWN nonsense -p VHOST`, code: 64},
		{line: `set_parameter federation-upstream p-OWN {"uri":"amqp://"} -p VHOST`, says: "created"},
		{line: `set_parameter federation-upstream p-OWN {"uri":"amqp://"} -p VHOST`, says: "unchanged"},
		{line: `set_parameter federation-upstream p-OWN {"uri":"amqp://h"} -p VHOST`, says: "changed"},
		{line: "clear_parameter federation-upstream p-OWN -p VHOST", code: 64},
		{line: "clear_parameter federation-upstream p-OWN -p VHOST --yes", says: "cleared"},
		{line: "clear_parameter federation-upstream p-OWN -p VHOST --yes", code: 65},
		{line: "clear_parameter federation-upstream p-OWN -p VHOST --yes --if-exists", says: "absent"},
		{line: "set_global_parameter g-OWN [1] --dry-run"}, {line: "set_global_parameter g-OWN [1", code: 64},
		{line: "set_global_parameter g-OWN [1]", says: "created"},
		{line: "set_global_parameter g-OWN [1]", says: "unchanged"},
		{line: "clear_global_parameter g-OWN", code: 64}, {line: "clear_global_parameter g-OWN --yes", says: "cleared"},
		{line: "clear_global_parameter g-OWN --yes", code: 65},
		{line: "clear_global_parameter g-OWN --yes --if-exists", says: "absent"},
		{line: "set_cluster_name c-OWN --dry-run"}, {line: "set_cluster_name", code: 64},
		{line: "set_cluster_name c-OWN --yes", says: "changed"}, {line: "set_cluster_name c-OWN", says: "unchanged"},

		{line: "declare_federation_upstream u-OWN --uri amqp://h -p VHOST --dry-run"},
		{line: "declare_federation_upstream u-OWN --uri http://h -p VHOST", code: 64},
		{line: "declare_federation_upstream u-OWN --uri amqp://h -p VHOST", says: "created"},
		{line: "declare_federation_upstream u-OWN --uri amqp://h -p VHOST", says: "unchanged"},
		{line: "delete_federation_upstream u-OWN -p VHOST", code: 64},
		{line: "delete_federation_upstream u-OWN -p VHOST --yes", says: "deleted"},
		{line: "delete_federation_upstream u-OWN -p VHOST --yes", code: 65},
		{line: "delete_federation_upstream u-OWN -p VHOST --yes --if-exists", says: "absent"},
		{line: "restart_federation_link no-OWN", code: 65},
		{line: "declare_shovel s-OWN --source-uri NOWHERE --source-queue a --destination-queue b -p VHOST --dry-run"},
		{line: "declare_shovel s-OWN --destination-queue b -p VHOST", code: 64},
		{line: "declare_shovel s-OWN --source-uri NOWHERE --source-queue a --destination-queue b -p VHOST", says: "created"},
		{line: "declare_shovel s-OWN --source-uri NOWHERE --source-queue a --destination-queue b -p VHOST", says: "unchanged"},
		{line: "restart_shovel no-OWN -p VHOST", code: 65},
		{line: "delete_shovel s-OWN -p VHOST", code: 64}, {line: "delete_shovel s-OWN -p VHOST --dry-run"},
		{line: "delete_shovel s-OWN -p VHOST --yes", says: "deleted"}, {line: "delete_shovel s-OWN -p VHOST --yes", code: 65},
		{line: "delete_shovel s-OWN -p VHOST --yes --if-exists", says: "absent"},

		{line: "change_password USER --dry-run"}, {line: "change_password USER --generate --new-password-stdin", code: 64},
		{line: "change_password USER --generate", says: "changed"}, {line: "change_password no-OWN --generate", code: 65},
		{line: "clear_password USER --dry-run"}, {line: "clear_password USER", code: 64},
		{line: "clear_password USER --yes", says: "cleared"}, {line: "clear_password USER --yes", says: "unchanged"},
		{line: "clear_password no-OWN --yes", code: 65},
		{line: "trace_on -p VHOST --dry-run"}, {line: "trace_on VHOST", code: 64},
		{line: "trace_on -p VHOST", says: "changed"},
		{line: "trace_on -p VHOST", says: "unchanged"}, {line: "trace_off -p VHOST", says: "changed"},
		{line: "trace_off -p VHOST", says: "unchanged"}, {line: "trace_on -p no-OWN", code: 65},

		{line: "enable_feature_flag all --dry-run"}, {line: "enable_feature_flag no-OWN", code: 65},
		{line: "reset_statistics --dry-run"}, {line: "reset_statistics", code: 64},
		{line: "reset_statistics --yes", says: "reset"},
		{line: "reset_node_auth_attempt_metrics NODE --dry-run"}, {line: "reset_node_auth_attempt_metrics NODE", code: 64},
		{line: "reset_node_auth_attempt_metrics NODE --yes", says: "reset"},
		{line: "grow NODE odd", code: 64}, {line: "grow_to_count 0 all", code: 64}, {line: "rebalance --match (", code: 64},
		{line: "close_connection no-OWN --yes", code: 65},
		{line: "close_connection no-OWN --yes --if-exists", says: "absent"},
		{line: "close_connection no-OWN", code: 64}, {line: "close_connections --yes", code: 64},
		{line: "close_all_connections", code: 64}, {line: "close_all_user_connections USER", code: 64},
	}
	if release == "3.10" { // the API of 3.10 cannot change members of quorum queues
		for _, line := range []string{"add_member q n", "delete_member q n --yes", "grow n all", "shrink n --yes",
			"grow_to_count 3 all"} {
			all = append(all, c{line: line, code: 69})
		}
	}
	return all
}

// TestEveryChange_connections closes a connection by its name, then connections of a virtual host, then those of a
// user.
func TestEveryChange_connections(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "closing ")
		user, password := b.user(t, "")
		b.do(t, "PUT", path("permissions", vhost, user), map[string]any{"configure": "", "write": "", "read": ""})
		_, address, _ := strings.Cut(b.AMQPURL, "@")
		for range 4 {
			connection, err := amqp.DialConfig("amqp://"+user+":"+password+"@"+address, amqp.Config{Vhost: vhost})
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
		}
		var names []string
		open := func(want int) {
			t.Helper()
			eventually(t, func() (bool, string) {
				names = b.rabbitctl(t, "list_connections", "name", "--where", "vhost == \""+vhost+"\"",
					"--no-table-headers").ok(t).lines()
				return len(names) == want, fmt.Sprint(names)
			})
		}
		open(4)
		b.rabbitctl(t, "close_connection", names[0], "--dry-run").ok(t)
		b.rabbitctl(t, "close_all_connections", "why", "-p", vhost, "--dry-run").ok(t)
		b.rabbitctl(t, "close_all_user_connections", user, "why", "--dry-run").ok(t)
		open(4)
		b.rabbitctl(t, "close_connection", names[0], "--yes").ok(t).says(t, "closed")
		b.rabbitctl(t, "close_connection", names[0], "--yes").exits(t, 65)
		open(3)
		b.rabbitctl(t, "close_all_connections", "why", "-p", vhost, "--limit", "1", "--yes").ok(t)
		open(2)
		b.rabbitctl(t, "close_all_user_connections", user, "why", "--yes").ok(t)
		open(0)
		b.rabbitctl(t, "close_all_user_connections", user, "why", "--yes").ok(t).says(t, "unchanged")
		b.rabbitctl(t, "close_all_connections", "why", "-p", vhost, "--yes").ok(t).says(t, "unchanged")
		b.rabbitctl(t, "close_connections", "--match", ".", "-p", vhost, "--yes").ok(t).says(t, "unchanged")
	})
}

// elsewhere returns, for each change that neither accessChanges nor everyChange covers on 4.3, the test that covers it.
func elsewhere() map[string]string {
	return map[string]string{
		"declare_policy": "TestPolicyChanges", "declare_operator_policy": "TestPolicyChanges", "set_policy": "TestPolicyChanges",
		"set_operator_policy": "TestPolicyChanges", "update_policy": "TestPolicyChanges",
		"update_operator_policy": "TestPolicyChanges", "rename_policy": "TestPolicyChanges",
		"rename_operator_policy": "TestPolicyChanges", "clear_policy": "TestPolicyChanges",
		"clear_operator_policy": "TestPolicyChanges",
		"rotate_password":       "TestRotatePassword", "copy_user_permissions": "TestRotatePassword",
		"delete_queues": "TestDeleteQueues_conditions",
		"purge_queues":  "TestDeleteQueues_conditions", "move_messages": "TestMoveMessages",
		"copy_messages": "TestExportImport", "get_messages": "TestExportImport", "export_messages": "TestExportImport",
		"import_messages": "TestExportImport", "delete_messages": "TestDeleteMessages", "publish_message": "TestPublishMessage",
		"replay_dead_letters": "TestReplayDeadLetters", "tap": "TestTap", "migrate_queue": "TestMigrateQueue",
		"recreate_queue": "TestMigrateQueue", "add_super_stream": "TestSuperStreams", "delete_super_stream": "TestSuperStreams",
		"explain_blocked":     "TestErlangDistribution",
		"set_disk_free_limit": "TestErlangDistribution", "set_vm_memory_high_watermark": "TestErlangDistribution",
		"activate_free_disk_space_monitoring":   "TestErlangDistribution",
		"deactivate_free_disk_space_monitoring": "TestErlangDistribution",
		"set_log_level":                         "TestErlangDistribution", "force_gc": "TestErlangDistribution", "eval": "TestErlangDistribution",
		"stop_app": "TestErlangDistribution", "start_app": "TestErlangDistribution",
		"stop": "TestErlangDistribution", "shutdown": "TestErlangDistribution", "drain": "TestErlangDistribution",
		"revive": "TestErlangDistribution", "suspend_listeners": "TestErlangDistribution",
		"resume_listeners": "TestErlangDistribution", "force_boot": "TestErlangDistribution",
		"reset": "TestErlangDistribution", "force_reset": "TestErlangDistribution",
		"eval_file": "TestErlangDistribution", "add_signing_key": "TestErlangDistribution", "add_uaa_key": "TestErlangDistribution",
		"refresh_trust_store": "TestErlangDistribution", "clear_auth_backend_cache": "TestErlangDistribution",
		"enable_auth_attempt_source_tracking":  "TestErlangDistribution",
		"disable_auth_attempt_source_tracking": "TestErlangDistribution",
		"set_channel_interceptor_priorities":   "TestErlangDistribution", "reconcile_vhosts": "TestErlangDistribution",
		"enable_plugins": "TestErlangDistribution", "disable_plugins": "TestErlangDistribution",
		"set_plugins":  "TestErlangDistribution",
		"join_cluster": "TestClusterMembership", "forget_cluster_node": "TestClusterMembership",
		"change_cluster_node_type": "TestClusterMembership", "force_standalone_khepri_boot": "TestClusterMembership",
		"transfer_leadership":      "TestClusterStreamMembers",
		"reclaim_quorum_memory":    "TestClusterStreamMembers",
		"force_checkpoint":         "TestClusterStreamMembers",
		"sync_queue":               "TestClusterStreamMembers",
		"cancel_sync_queue":        "TestClusterStreamMembers",
		"add_replica":              "TestClusterStreamMembers",
		"delete_replica":           "TestClusterStreamMembers",
		"grow_streams":             "TestClusterStreamMembers",
		"shrink_streams":           "TestClusterStreamMembers",
		"restart_stream":           "TestClusterStreamMembers",
		"reset_offset":             "TestClusterStreamMembers",
		"activate_stream_consumer": "TestClusterStreamMembers",
		"import_definitions":       "TestDefinitions", "apply": "TestApply",
		"shrink": "TestClusterMembers", "add_member": "TestClusterMembers", "delete_member": "TestClusterMembers",
	}
}

// TestEveryChange_isTested: each command that changes something has a test on real brokers. Such a command has the
// flags --dry-run and --journal.
func TestEveryChange_isTested(t *testing.T) {
	streams, _, _ := iostreams.Test("")
	tested := map[string]bool{}
	for _, c := range slices.Concat(accessChanges("4.3"), everyChange("4.3")) {
		name, _, _ := strings.Cut(c.line, " ")
		tested[name] = true
	}
	files, err := filepath.Glob("../../pkg/acceptance/*_test.go")
	if err != nil || len(files) == 0 {
		files, err = filepath.Glob("*_test.go")
	}
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, f := range files {
		part, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(part)
	}
	for _, cmd := range cli.Root(app.New(streams, nil, "test")).Commands() {
		if cmd.Flags().Lookup("dry-run") == nil || cmd.Flags().Lookup("journal") == nil || tested[cmd.Name()] {
			continue
		}
		test := elsewhere()[cmd.Name()]
		if test == "" || !regexp.MustCompile(`(?s)func `+test+`\(t .*\b`+cmd.Name()+`\b`).MatchString(text.String()) {
			t.Errorf("%s has no test on real brokers (%s)", cmd.Name(), test)
		}
	}
}
