//go:build acceptance

package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestEveryListing checks for each listing what scripts rely on. It finds the listings in --help, so a new one cannot
// escape; some are left to other tests. JSON output is an array whose objects have their members in the order of the
// columns. Tab-separated output has as many fields in each line as in its header. A reader that closes the pipe early
// causes no failure. An unknown column is refused before any request.
func TestEveryListing(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		help := b.rabbitctl(t, "--help").ok(t).stdout
		names := regexp.MustCompile(`(?m)^  (list_\w+|quorum_status|stream_status|listeners|log_location) `).
			FindAllStringSubmatch(help, -1)
		if len(names) < 35 {
			t.Fatalf("%d listings were found in the help", len(names))
		}
		vhost := b.vhost(t, "listings")
		b.declare(t, vhost, "qq", map[string]any{"x-queue-type": "quorum"})
		b.declare(t, vhost, "ss", map[string]any{"x-queue-type": "stream"})
		b.publish(t, vhost, "qq", "--count", "3")
		eventually(t, func() (bool, string) {
			// 3.10 reports the members of a new stream only once it has statistics of it.
			r := b.rabbitctl(t, "stream_status", "ss", "-p", vhost)
			return r.code == 0, r.stderr
		})
		closed, err := closedPort()
		if err != nil {
			t.Fatal(err)
		}
		nowhere := fmt.Sprintf("RABBITCTL_URL=http://guest:guest@127.0.0.1:%d", closed)
		for _, match := range names {
			name := match[1]
			if slices.Contains([]string{"list_unresponsive_queues", "list_network_interfaces", "list_channel_interceptors",
				"list_trust_store_certificates", "list_stream_consumer_groups", "list_stream_group_consumers"}, name) {
				continue // these listings work over Erlang distribution only, so its tests run them
			}
			args := append([]string{name}, listingArgs(vhost)[name]...)
			t.Run(name, func(t *testing.T) {
				run(t, []string{nowhere}, program("rabbitctl"), append(args, "--sort", "no_such_column")...).exits(t, 64)
				env := []string{"RABBITCTL_URL=" + b.URL, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH")}
				// The three commands run at the same time, because some listings take a sample for a while.
				came := sideBySide(t, env, append([]string{"rabbitctl"}, args...), append([]string{"rabbitctl", "-o", "json"},
					args...),
					append([]string{"bash", "-o", "pipefail", "-c", `rabbitctl -q "$@" | head -1`, "sh"}, args...))
				tsv, object, quiet := came[0], came[1], came[2]
				if tsv.code == 69 && (strings.Contains(tsv.stderr, "not offer") || strings.Contains(tsv.stderr, "plugin")) {
					return // this release, or a broker without the plugin, does not have it
				}
				header := strings.Split(tsv.ok(t).lines()[0], "\t")
				for _, line := range tsv.lines() {
					if fields := strings.Split(line, "\t"); len(fields) != len(header) {
						t.Errorf("%d fields under %d columns: %q", len(fields), len(header), line)
					}
				}
				rows := jsonRows(t, object.ok(t).stdout)
				for _, members := range rows {
					if !slices.Equal(members, header) {
						t.Errorf("members %q under columns %q", members, header)
					}
				}
				if len(quiet.ok(t).lines()) != 1 || quiet.stderr != "" {
					t.Errorf("head -1 got %q, and stderr %q", quiet.stdout, quiet.stderr)
				}
				// For a virtual host that does not exist, a listing must fail and not print an empty result.
				if strings.Contains(b.rabbitctl(t, name, "--help").ok(t).stdout, "--vhost") {
					lost := b.rabbitctl(t, append(args, "-p", vhost+"x")...).exits(t, 65)
					if want := "virtual host " + vhost + "x does not exist"; !strings.Contains(lost.stderr, want) ||
						!strings.Contains(lost.stderr, `did you mean "`+vhost+`"?`) {
						t.Errorf("of a mistyped virtual host it says %q", lost.stderr)
					}
				}
			})
		}
	})
}

// sideBySide runs commands at the same time. Each command is a program with its arguments.
func sideBySide(t *testing.T, env []string, commands ...[]string) []ran {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	came := make([]ran, len(commands))
	errs := make([]error, len(commands))
	var wait sync.WaitGroup
	for i, c := range commands {
		wait.Go(func() {
			name := c[0]
			if name == "rabbitctl" {
				name = program(name)
			}
			came[i], errs[i] = runIn(ctx, env, name, c[1:]...)
		})
	}
	wait.Wait()
	for i, err := range errs {
		if err != nil {
			t.Fatalf("%q: %v\n%s", commands[i], err, came[i].stderr)
		}
	}
	return came
}

// listingArgs returns the arguments of those listings that need some.
func listingArgs(vhost string) map[string][]string {
	return map[string][]string{
		"list_user_permissions":       {"guest"},
		"list_user_topic_permissions": {"guest"},
		"list_stream_tracking":        {"ss", "-p", vhost},
		"list_policies_that_match":    {"qq", "-p", vhost},
		"stream_status":               {"ss", "-p", vhost},
		"quorum_status":               {"qq", "-p", vhost},
		"list_stuck":                  {"--sample", "5s"},
		"list_churn":                  {"--sample", "5s"},
		"list_dead_letters":           {"qq", "-p", vhost, "--counts-as-delivery"},
	}
}

// jsonRows returns, for each object of a JSON array, the names of its members in their order.
func jsonRows(t *testing.T, text string) [][]string {
	t.Helper()
	var rows []json.RawMessage
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var all [][]string
	for _, row := range rows {
		d := json.NewDecoder(bytes.NewReader(row))
		var members []string
		for depth := 0; ; {
			token, err := d.Token()
			if err != nil {
				break
			}
			switch token {
			case json.Delim('{'), json.Delim('['):
				depth++
				continue
			case json.Delim('}'), json.Delim(']'):
				depth--
				continue
			}
			if depth != 1 {
				continue
			}
			// At depth 1 the token is the name of a member. Decode reads its value here, so the loop sees no token of it.
			members = append(members, fmt.Sprint(token))
			var value json.RawMessage
			if d.Decode(&value) != nil {
				break
			}
		}
		all = append(all, members)
	}
	return all
}
