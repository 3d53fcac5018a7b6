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

// TestEveryListing holds all listings, found by --help so that a new one cannot escape, to what scripts rely on: json
// is an array whose members stand in the order of the columns, tab-separated text has as many fields in each line as in
// its header, a reader that closes early is no failure, and an unknown column is refused before anybody is asked.
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
			// 3.10 does not report the members of a stream that is younger than its statistics.
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
				continue // it asks the nodes with the cookie: TestErlangDistribution
			}
			args := append([]string{name}, listingArgs(vhost)[name]...)
			t.Run(name, func(t *testing.T) {
				run(t, []string{nowhere}, program("rabbitctl"), append(args, "--sort", "no_such_column")...).exits(t, 64)
				env := []string{"RABBITCTL_URL=" + b.URL, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH")}
				// Side by side, since some of them look for a while.
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
				// A virtual host that does not exist never looks empty.
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

// sideBySide runs commands at the same time, each a program with its arguments.
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

// listingArgs are the arguments that some listings need.
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

// jsonRows are the names of the members of each object of an array, in their order.
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
			// At the first level names and values alternate, and a value that is no object was read with its name.
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
