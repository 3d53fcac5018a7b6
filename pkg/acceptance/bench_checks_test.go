//go:build acceptance

package acceptance

import (
	"fmt"
	"testing"
)

// BenchmarkChecks compares checks in a pipe, as a monitoring agent runs them every minute, with the official tool's on the
// same broker. The goal is 30 ms of CPU for one of ours.
func BenchmarkChecks(b *testing.B) {
	for _, release := range options.releases {
		b.Run(release, func(b *testing.B) {
			k, end := ownBroker(b, options.suite+"-bench-"+release, release)
			defer end()
			for range b.N {
				k.compare(b, fmt.Sprintf("RabbitMQ %s: checks", k.Version), []contender{
					k.ours("check_alarms"), k.ours("check_memory"), k.ours("check_connections"), k.ours("check_virtual_hosts"), k.ours("check_port_connectivity"),
					k.ours("check", "--all"),
					k.theirs("rabbitmq-diagnostics", "-q", "check_alarms"),
					k.theirs("rabbitmq-diagnostics", "-q", "check_virtual_hosts"),
					k.theirs("rabbitmq-diagnostics", "-q", "check_port_connectivity"),
				}, 6)
			}
		})
	}
}
