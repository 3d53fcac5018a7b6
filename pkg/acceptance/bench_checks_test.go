//go:build acceptance

package acceptance

import (
	"fmt"
	"testing"
)

// BenchmarkChecks compares single checks with those of the official tool on the same broker. Output goes to a pipe, as
// when a monitoring agent runs a check every minute. The goal is 30 ms of CPU for one check of rabbitctl.
func BenchmarkChecks(b *testing.B) {
	for _, release := range options.releases {
		b.Run(release, func(b *testing.B) {
			k, end := ownBroker(b, options.suite+"-bench-"+release, release)
			defer end()
			for range b.N {
				k.compare(b, fmt.Sprintf("RabbitMQ %s: checks", k.Version), []contender{
					k.ours("check_alarms"), k.ours("check_memory"), k.ours("check_connections"), k.ours("check_virtual_hosts"),
					k.ours("check_port_connectivity"),
					k.ours("check", "--all"),
					k.theirs("rabbitmq-diagnostics", "-q", "check_alarms"),
					k.theirs("rabbitmq-diagnostics", "-q", "check_virtual_hosts"),
					k.theirs("rabbitmq-diagnostics", "-q", "check_port_connectivity"),
				}, 6)
			}
		})
	}
}

// BenchmarkManyQueues compares check_queues, list_stuck and doctor with the two listings that they read: the counts (by
// list_queues) and the statistics (by curl). The goals are 30 MB of memory, and no more time than the listings take:
// check_queues reads the counts, or both listings, list_stuck reads both twice, and doctor reads the statistics.
func BenchmarkManyQueues(b *testing.B) {
	const queues = 50_000
	for _, release := range options.releases {
		b.Run(release, func(b *testing.B) {
			k, end := ownBroker(b, options.suite+"-bench-"+release, release)
			defer end()
			k.fill(b, "/", 0, queues)
			k.settle(b, queues)
			doctor := k.ours("doctor")
			doctor.verdict = true
			for range b.N {
				k.compare(b, fmt.Sprintf("RabbitMQ %s, %d queues: checks and triage", k.Version, queues), []contender{
					k.ours("-q", "list_queues", "name", "messages"),
					k.curl("statistics", "/queues?columns=vhost,name,consumers,message_stats"),
					k.ours("check_queues", "--max-ready", "1000"),
					k.ours("check_queues", "--max-ready", "1000", "--max-age", "1h"),
					k.ours("-q", "list_stuck", "--sample", "5s"),
					doctor,
				}, 3)
			}
		})
	}
}
