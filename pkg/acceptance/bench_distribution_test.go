//go:build acceptance

package acceptance

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// BenchmarkDistribution compares commands that a node answers over Erlang distribution with the release's own tool:
// first single calls, then listings of queues. The goals for a call are a thirtieth of the tool's CPU time and 20 ms of
// wall time. Listings must be faster than the tool's at each size, and need at most 25 MB of memory.
// RABBITCTL_QUEUES="5000" measures other sizes.
func BenchmarkDistribution(b *testing.B) {
	sizes := options.queues
	if len(sizes) == 0 {
		sizes = []int{10_000, 50_000}
	}
	for _, release := range options.releases {
		b.Run(release, func(b *testing.B) {
			k, end := ownBroker(b, options.suite+"-bench-"+release, release)
			defer end()
			env := k.variables(b)
			ours := func(words string) contender {
				c := k.ours(strings.Fields(words)...)
				c.env = append(c.env, env...)
				return c
			}
			theirs := func(words string) contender {
				return k.theirs(append([]string{"rabbitmqctl"}, strings.Fields(words)...)...)
			}
			b.Run("calls", func(b *testing.B) {
				for range b.N {
					k.compare(b, fmt.Sprintf("RabbitMQ %s: one call over Erlang distribution", k.Version), []contender{
						ours("eval 1+1."), ours("-q set_disk_free_limit 60MB"), ours("os_env"),
						ours("as rabbitmqctl -q set_disk_free_limit 60MB"),
						theirs("eval 1+1."), theirs("-q set_disk_free_limit 60MB"),
					}, 12)
				}
			})
			for i, queues := range sizes {
				from := 0
				if i > 0 {
					from = sizes[i-1]
				}
				k.fill(b, "/", from, queues)
				k.settle(b, queues)
				rounds := 6
				if queues > 20_000 {
					rounds = 3
				}
				b.Run(fmt.Sprint(queues), func(b *testing.B) {
					title := fmt.Sprintf("RabbitMQ %s, %d queues over Erlang distribution: ", k.Version, queues)
					for range b.N {
						k.compare(b, title+"with the state", []contender{
							ours("-q list_queues name messages state --source node"),
							ours("as rabbitmqctl -q -n " + k.Node + " list_queues name messages state"),
							ours("-q list_queues name messages state"),
							theirs("-q -t 600 list_queues name messages state"),
						}, rounds)
						k.compare(b, title+"with policies and memory", []contender{
							ours("-q list_queues name messages consumers state policy memory --source node"),
							theirs("-q -t 600 list_queues name messages consumers state policy memory"),
						}, rounds)
					}
				})
			}
		})
	}
}

// variables returns the environment variables with which rabbitctl reaches the node over Erlang distribution.
func (b *broker) variables(t testing.TB) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program("devbroker"), "env", b.Name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}
