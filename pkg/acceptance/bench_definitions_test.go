//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkDefinitions imports a file with 5,000 queues and their bindings into an empty virtual host, with each
// program in turn. Then it compares plan and diff_definitions, which find the objects of the file that the broker
// lacks, with plain exports. The first number in RABBITCTL_QUEUES replaces 5,000.
func BenchmarkDefinitions(b *testing.B) {
	queues := 5_000
	if len(options.queues) > 0 {
		queues = options.queues[0]
	}
	for _, release := range options.releases {
		b.Run(release, func(b *testing.B) {
			k, end := ownBroker(b, options.suite+"-bench-"+release, release)
			defer end()
			for range b.N {
				k.compareImports(b, queues, 3)
			}
		})
	}
}

// compareImports prints the medians over the given number of rounds. It recreates the virtual host before each import,
// and waits afterwards until all queues exist: rabbitmqctl on 3.10 ends before the broker is done, so the time of an
// import includes that wait.
func (b *broker) compareImports(t testing.TB, queues, rounds int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "definitions.json")
	writeMany(t, file, "bulk", queues)
	all := b.importers(file)
	runs := make([][]figures, len(all))
	for round := range rounds {
		for step := range all {
			i := step
			if round%2 == 1 {
				i = len(all) - 1 - step
			}
			_, _, _ = b.request("DELETE", path("vhosts", "bulk"), nil) // there is none in the first round
			b.do(t, "PUT", path("vhosts", "bulk"), map[string]any{})
			time.Sleep(2 * time.Second)
			began, before := time.Now(), processCPU(b.PID)
			spent := measure(t, all[i].env, all[i].argv[0], all[i].argv[1:]...)
			for deadline := time.Now().Add(patience); countOf(t, b, "bulk") < queues; time.Sleep(50 * time.Millisecond) {
				if spent.Code != 0 || time.Now().After(deadline) {
					t.Fatalf("%s: exit %d, %d queues", all[i].name, spent.Code, countOf(t, b, "bulk"))
				}
			}
			spent.Wall = max(spent.Wall, time.Since(began)-50*time.Millisecond)
			runs[i] = append(runs[i], figures{spent, processCPU(b.PID) - before})
		}
	}
	fmt.Printf("\nRabbitMQ %s: %d queues and as many bindings made from a file (medians of %d)\n", b.Version, queues, rounds)
	table(os.Stdout, all, runs)
	b.compare(t, fmt.Sprintf("what of a file of %d queues is missing", queues), named(file, []contender{
		b.ours("plan", file, "-p", "bulk"), b.ours("diff_definitions", file, "broker:", "-p", "bulk"),
		b.ours("-q", "export_definitions", "-", "-p", "bulk"),
		b.theirs("rabbitmqctl", "-q", "export_definitions", "-")}), rounds)
}

// countOf returns the number of queues in a virtual host.
func countOf(t testing.TB, b *broker, vhost string) int {
	t.Helper()
	var all []struct{}
	text := b.do(t, "GET", path("queues", vhost)+"?columns=name&disable_stats=true", nil)
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// importers returns the programs that can import a definitions file.
func (b *broker) importers(file string) []contender {
	all := []contender{b.ours("-q", "apply", file, "--yes", "--timeout", "10m"),
		b.ours("-q", "import_definitions", file, "--yes", "--timeout", "10m"),
		b.theirs("rabbitmqctl", "-q", "import_definitions", file)}
	if v2 := rabbitmqadmin2(); v2 != "" {
		all = append(all, contender{name: "rabbitmqadmin v2 definitions import", argv: []string{v2, "--host", "127.0.0.1",
			"--port", fmt.Sprint(b.ManagementPort), "--username", "guest", "--password", "guest", "--quiet", "definitions",
			"import", "--file", file}})
	}
	return named(file, all)
}

// named replaces the file's path by FILE in the names of the contenders.
func named(file string, all []contender) []contender {
	for i := range all {
		all[i].name = strings.ReplaceAll(all[i].name, file, "FILE")
	}
	return all
}

// writeMany writes a definitions document with the given number of queues, each with a binding.
func writeMany(t testing.TB, file, vhost string, queues int) {
	t.Helper()
	s := emptyState()
	for i := range queues {
		q := fmt.Sprintf("q%05d", i)
		s.Queues = append(s.Queues, fields{"name": q, "vhost": vhost, "durable": true, "auto_delete": false,
			"arguments": fields{"x-queue-type": "classic"}})
		s.Bindings = append(s.Bindings, fields{"source": "amq.topic", "vhost": vhost, "destination": q,
			"destination_type": "queue", "routing_key": "k." + q, "arguments": fields{}})
	}
	write(t, file, s)
}
