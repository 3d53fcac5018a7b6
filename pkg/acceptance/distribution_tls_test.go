//go:build acceptance

package acceptance

import (
	"slices"
	"strings"
	"testing"
)

// TestErlangDistribution_TLS connects to nodes that use only TLS for Erlang distribution, and require a certificate
// from each client.
func TestErlangDistribution_TLS(t *testing.T) {
	for _, release := range []string{"3.10", "4.3"} {
		if !slices.Contains(options.releases, release) {
			continue
		}
		name := options.suite + "-tls-" + release
		alsoEnd(name)
		b, err := bringUp(name, release, "--tls-distribution")
		if err != nil {
			t.Fatal(err)
		}
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			defer takeDown(name)
			env := b.overErlang(t)
			ours := func(args ...string) ran { return run(t, env, program("rabbitctl"), args...) }
			b.declare(t, "/", "orders", nil)
			ours("eval", "1+1.").ok(t).prints(t, "2\n")
			ours("set_disk_free_limit", "70MB").ok(t).says(t, "changed")
			ours("list_queues", "name", "messages", "state", "--source", "node").ok(t).
				prints(t, "name\tmessages\tstate\norders\t0\trunning\n")
			b.sameQueues(t, env, "list_queues name messages state memory")
			limit := b.ctl(t, "rabbitmqctl", "eval", "rabbit_disk_monitor:get_disk_free_limit().").ok(t).stdout
			if limit != "70000000\n" {
				t.Errorf("by the release's own tool the limit is %q", limit)
			}
			for says, more := range map[string][]string{
				"speaks Erlang distribution over TLS only":    {"RABBITCTL_TLS_DISTRIBUTION=false"},
				"refuses the certificate of rabbitctl":        {"RABBITCTL_CERT=", "RABBITCTL_KEY="},
				"is not trusted":                              {"RABBITCTL_CACERT="},
				"has another Erlang cookie than the one from": {"RABBITCTL_ERLANG_COOKIE_FILE=", "RABBITCTL_ERLANG_COOKIE=other"},
				"does not speak TLS on this port: ":           {"RABBITCTL_NODE_PORT=" + portOf(b.URL)},
				"no node named nosuch runs there: epmd at ":   {"RABBITCTL_NODE=nosuch@localhost"},
			} {
				r := run(t, append(slices.Clone(env), more...), program("rabbitctl"), "eval", "1+1.")
				if r.code == 0 || r.stdout != "" || !oneErrorWithANextStep(r.stderr) || !strings.Contains(r.stderr, says) {
					t.Errorf("%q: exit %d %q %q", more, r.code, r.stdout, r.stderr)
				}
			}
		})
	}
}

func portOf(url string) string { return url[strings.LastIndex(url, ":")+1:] }

// oneErrorWithANextStep reports whether a text has exactly two lines: one that says what failed, and one that says what
// to do.
func oneErrorWithANextStep(text string) bool {
	lines := splitLines(text)
	return len(lines) == 2 && strings.HasPrefix(lines[0], "rabbitctl ") && strings.HasPrefix(lines[1], "  next: ")
}
