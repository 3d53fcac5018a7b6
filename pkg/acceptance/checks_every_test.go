//go:build acceptance

package acceptance

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// everyCheck returns the command lines of all checks that rabbitctl --help names, except check_definitions, with the
// arguments and flags that a check needs. A new check that needs some and has none here ends with 64, and fails the
// tests below.
func everyCheck(t *testing.T) [][]string {
	t.Helper()
	wanted := filepath.Join(t.TempDir(), "wanted.json")
	if err := os.WriteFile(wanted, []byte(`{"queues":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	needs := map[string][]string{
		"check":                   {"--all"},
		"check_port_listener":     {"5672"},
		"check_protocol_listener": {"amqp"},
		"check_queues":            {"--min-consumers", "1"},
		"check_node":              {"--for", "pager"},
		"check_for_quorum_queues_without_an_elected_leader": {".*"},
		"is_enabled":  {"rabbitmq_management"},
		"check_drift": {wanted, "--ignore-extra"},
		// These checks must not fail only because there is nothing to check.
		"check_shovels": {"--missing", "ok"}, "check_federation": {"--missing", "ok"}, "check_certificates": {"--missing",
			"ok"},
	}
	help := run(t, nil, program("rabbitctl"), "--help").ok(t).stdout
	var all [][]string
	for _, found := range regexp.MustCompile(`(?m)^  ((?:check|has|is)(?:_[a-z_]+)?) `).FindAllStringSubmatch(help, -1) {
		if found[1] == "check_definitions" {
			continue // it asks no broker
		}
		all = append(all, append([]string{found[1]}, needs[found[1]]...))
	}
	if len(all) < 20 {
		t.Fatalf("only %d checks in the help:\n%s", len(all), help)
	}
	return all
}

// exitCodes runs the command lines, four at a time, each with the further arguments at its end. It returns each result
// by the name of the check.
func exitCodes(t *testing.T, env []string, lines [][]string, further ...string) map[string]ran {
	t.Helper()
	out := map[string]ran{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	slots := make(chan struct{}, 4)
	for _, line := range lines {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			r, err := runIn(t.Context(), env, program("rabbitctl"), append(slices.Clone(line), further...)...)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("%q: %v", line, err)
			}
			out[line[0]] = r
		})
	}
	wait.Wait()
	return out
}

// TestEveryCheck_withoutBroker runs each check where nothing listens, and where something accepts the connection and
// never answers. Each check must be UNKNOWN, except check_node, which must be CRITICAL.
func TestEveryCheck_withoutBroker(t *testing.T) {
	closed, err := closedPort()
	if err != nil {
		t.Fatal(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for situation, address := range map[string]string{"nothing listens": fmt.Sprintf("127.0.0.1:%d", closed),
		"nothing answers": silent.Addr().String()} {
		t.Run(situation, func(t *testing.T) {
			env := []string{"RABBITCTL_URL=http://guest:guest@" + address}
			for check, r := range exitCodes(t, env, everyCheck(t), "--timeout", "1") {
				want, word := 3, "UNKNOWN - "
				if check == "check_node" {
					// For check_node, a node that does not answer is CRITICAL: pagers and probes must report that.
					want, word = 2, "CRITICAL - "
				}
				if r.code != want || !strings.HasPrefix(r.stdout, word) || r.stderr != "" {
					t.Errorf("%s: exit %d\n%s%s", check, r.code, r.stdout, r.stderr)
				}
			}
		})
	}
}

// TestEveryCheck_whoMayNotSee runs each check as users that the broker refuses, or to whom it shows only a part. A
// check may be OK only if the broker shows this user everything that the check judges.
func TestEveryCheck_whoMayNotSee(t *testing.T) {
	// Every user whose tag opens the management API sees the results of these checks: check_feature_flags and the
	// broker's own health checks.
	toManagement := []string{
		"check_feature_flags",
		"check_local_alarms", "check_port_listener", "check_protocol_listener",
		"check_certificate_expiration",
		"check_if_metadata_store_is_initialized", "check_if_metadata_store_is_initialized_with_data",
		"check_if_node_is_mirror_sync_critical",
		"check_for_quorum_queues_without_an_elected_leader", "check_if_any_deprecated_features_are_used",
		"check_if_node_is_quorum_critical",
		"has_reached_target_cluster_size",
	}
	// Checks of nodes and of the whole cluster: a user with the tag monitoring sees all of that, even without access to
	// any virtual host.
	toMonitoring := append([]string{
		"check_alarms", "check_disk", "check_memory", "check_nodes", "check_file_descriptors", "check_connections", "check_running",
		"check_port_connectivity", "check_unroutable", "check_virtual_hosts",
		"check_certificates", "is_enabled",
	}, toManagement...)
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "unseen ")
		b.declare(t, vhost, "orders", nil)
		checks := everyCheck(t)
		as := func(user, password string) []string {
			return []string{"RABBITCTL_URL=" + strings.Replace(b.URL, "guest:guest", user+":"+password, 1)}
		}
		for check, r := range exitCodes(t, as("guest", "wrong"), checks) {
			// A check that this release does not offer says so, whatever the password is.
			if r.code != 3 || !strings.HasPrefix(r.stdout, "UNKNOWN - ") || !strings.Contains(r.stdout, "wrong password") &&
				!strings.Contains(r.stdout, "not offered") {
				t.Errorf("wrong password: %s: exit %d\n%s%s", check, r.code, r.stdout, r.stderr)
			}
		}
		for tag, told := range map[string][]string{"": nil, "management": toManagement, "monitoring": toMonitoring} {
			user, password := b.user(t, tag)
			for check, r := range exitCodes(t, as(user, password), checks) {
				mayBeWell := slices.Contains(told, check)
				if r.code == 64 || r.code == 0 && !mayBeWell || r.code != 0 && r.stdout == "" {
					t.Errorf("tag %q: %s: exit %d\n%s%s", tag, check, r.code, r.stdout, r.stderr)
				}
				if !mayBeWell && r.code == 3 && !strings.Contains(r.stdout, user) && !strings.Contains(r.stdout, "not offered") {
					t.Errorf("tag %q: %s does not say who may not see:\n%s", tag, check, r.stdout)
				}
			}
		}
	})
}
