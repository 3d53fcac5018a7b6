//go:build acceptance

package acceptance

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestClusterAway: a queue whose node is down is still listed. But 3.10 answers every request for that one queue as if
// it did not exist. 4.3 does this only for requests that change the queue, and its answer has Erlang terms. No command
// of rabbitctl may say that the queue is absent, or show those terms.
func TestClusterAway(t *testing.T) {
	onClusters(t, func(t *testing.T, c *cluster) {
		first, third := c.nodes[0], c.nodes[2]
		vhost := first.vhost(t, "away")
		third.declare(t, vhost, "classic", nil)
		third.declare(t, vhost, "single", map[string]any{"x-queue-type": "quorum", "x-quorum-initial-group-size": 1})
		first.declare(t, vhost, "here", nil)
		c.stopApp(t, third)
		commands := [][]string{
			{"show_queue", "classic", "-p", vhost},
			{"declare_queue", "classic", "-p", vhost, "--type", "classic"},
			{"declare_queue", "classic", "-p", vhost, "--check"},
			{"delete_queue", "classic", "-p", vhost, "--if-exists", "--yes", "--if-empty"},
			{"purge_queue", "classic", "-p", vhost, "--if-exists", "--yes"},
			{"purge_queue", "single", "-p", vhost, "--if-exists", "--yes"},
			{"quorum_status", "classic", "-p", vhost},
			{"stream_status", "classic", "-p", vhost},
			{"explain_route", "", "classic", "-p", vhost},
			{"explain_route", "", "single", "-p", vhost},
			{"as", "rabbitmqctl", "purge_queue", "classic", "-p", vhost},
			{"as", "rabbitmqctl", "purge_queue", "single", "-p", vhost},
			{"as", "rabbitmq-queues", "quorum_status", "classic", "-p", vhost},
		}
		// Where 4.3 shows the queue, these commands show it too, or refuse because the number of its messages is unknown.
		shown := []string{"show_queue classic", "declare_queue classic --check", "quorum_status classic",
			"stream_status classic",
			"as rabbitmq-queues quorum_status classic", "delete_queue classic --if-exists --yes --if-empty"}
		if strings.HasPrefix(first.Version, "3.") {
			// 4.3 is left out here: it deletes the queue, whatever the condition.
			commands = append(commands, []string{"as", "rabbitmqctl", "delete_queue", "classic", "-p", vhost, "--if-empty"})
		}
		for _, words := range commands {
			r := first.rabbitctl(t, words...)
			text := r.stdout + r.stderr
			short := strings.Replace(strings.Join(words, " "), " -p "+vhost, "", 1)
			for _, lie := range []string{"absent", "missing", "does not exist", "did you mean", "not_found", "not found",
				"No such queue", "DROPPED", "REACHES", "EXIT", "case_clause", "no such object"} {
				if strings.Contains(text, lie) {
					t.Errorf("%s says %q:\n%s", short, lie, text)
				}
			}
			switch {
			case strings.HasPrefix(short, "explain_route"):
				r.exits(t, 3)
			case strings.Contains(text, "exists, but cannot be purged: it does not run (state down, node "+third.Node+")"):
				r.exits(t, 75)
			case strings.Contains(text, "exists, but cannot be reached"):
				r.exits(t, 75)
				if !strings.Contains(text, third.Node+", does not run") && !strings.Contains(text, third.Node+" does not run") {
					t.Errorf("%s does not name the node:\n%s", short, text)
				}
			default:
				// Right after its node has stopped, 3.10.8 can still answer with the queue, as down and without figures.
				if !slices.Contains(shown, short) || strings.HasPrefix(first.Version, "3.") && !strings.Contains(text, "\tdown\n") {
					t.Errorf("%s: exit %d:\n%s", short, r.code, text)
				}
			}
		}
		first.rabbitctl(t, "show_queue", "nowhere", "-p", vhost).exits(t, 65)
		first.rabbitctl(t, "delete_queue", "nowhere", "-p", vhost, "--if-exists", "--yes").ok(t).says(t, "absent")
		first.rabbitctl(t, "declare_queue", "new", "-p", vhost).ok(t).says(t, "created")
		first.rabbitctl(t, "delete_queue", "new", "-p", vhost, "--yes").ok(t).says(t, "deleted")
		c.startApp(t, third)
		eventually(t, func() (bool, string) {
			r := first.rabbitctl(t, "show_queue", "classic", "-p", vhost)
			return r.code == 0, fmt.Sprintf("exit %d: %s", r.code, r.stderr)
		})
	})
}
