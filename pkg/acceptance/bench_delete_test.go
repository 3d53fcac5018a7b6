//go:build acceptance

package acceptance

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// deleter is a program that deletes queues, and the number of queues that it has to delete.
type deleter struct {
	contender
	queues int
}

// BenchmarkDeleteQueues deletes 5,000 queues by a pattern, with each program in turn. The first number in
// RABBITCTL_QUEUES replaces 5,000. The loop of rabbitmqctl deletes only ten queues, because even that takes longer than
// rabbitctl takes for all.
func BenchmarkDeleteQueues(b *testing.B) {
	queues := 5_000
	if len(options.queues) > 0 {
		queues = options.queues[0]
	}
	for _, release := range options.releases {
		b.Run(release, func(b *testing.B) {
			k, end := ownBroker(b, options.suite+"-bench-"+release, release)
			defer end()
			k.do(b, "PUT", path("vhosts", "bulk"), map[string]any{})
			for range b.N {
				k.compareDeletions(b, queues, 3)
			}
		})
	}
}

// compareDeletions prints the medians over the given number of rounds. It declares the queues again before each
// deletion, and none may be left after it.
func (b *broker) compareDeletions(t testing.TB, queues, rounds int) {
	t.Helper()
	all := b.deleters(queues)
	contenders := make([]contender, len(all))
	runs := make([][]figures, len(all))
	for i, d := range all {
		contenders[i] = d.contender
	}
	for round := range rounds {
		for step := range all {
			i := step
			if round%2 == 1 {
				i = len(all) - 1 - step
			}
			b.fill(t, "bulk", 0, all[i].queues)
			time.Sleep(2 * time.Second)
			before := processCPU(b.PID)
			spent := measure(t, all[i].env, all[i].argv[0], all[i].argv[1:]...)
			runs[i] = append(runs[i], figures{spent, processCPU(b.PID) - before})
			left := b.do(t, "GET", path("queues", "bulk")+"?columns=name&disable_stats=true", nil)
			if text := strings.TrimSpace(string(left)); spent.Code != 0 || text != "[]" {
				t.Fatalf("%s: exit %d, left: %.200s", all[i].name, spent.Code, text)
			}
		}
	}
	fmt.Printf("\nRabbitMQ %s: %d queues deleted by a pattern (medians of %d)\n", b.Version, queues, rounds)
	table(os.Stdout, contenders, runs)
}

// deleters returns the programs that can delete queues; rabbitmqadmin v2 only if it is installed. rabbitmqctl deletes
// one queue at a time.
func (b *broker) deleters(queues int) []deleter {
	all := []deleter{{b.ours("-q", "delete_queues", "-p", "bulk", "--match", "^q", "--yes"), queues}}
	if v2 := rabbitmqadmin2(); v2 != "" {
		all = append(all, deleter{contender{name: "rabbitmqadmin v2 queues delete_multiple", argv: []string{v2,
			"--host", "127.0.0.1", "--port", fmt.Sprint(b.ManagementPort), "--username", "guest", "--password", "guest",
			"--vhost", "bulk", "--quiet", "queues", "delete_multiple", "--name-pattern", "^q", "--approve"}}, queues})
	}
	const some = 10
	one := fmt.Sprintf("for i in $(seq 0 %d); do '%s' ctl %s -- rabbitmqctl -q delete_queue -p bulk $(printf q%%05d $i) || exit 1; done",
		some-1, program("devbroker"), b.Name)
	return append(all, deleter{contender{name: fmt.Sprintf("rabbitmqctl delete_queue, %d times", some),
		argv: []string{"sh", "-c", one}}, some})
}
