//go:build acceptance

package acceptance

import (
	"fmt"
	"os/exec"
	"syscall"
	"testing"
)

// BenchmarkUnderLoad compares listings of 10,000 queues on the newest release while one client publishes 2,000 messages
// a second and another consumes them.
func BenchmarkUnderLoad(b *testing.B) {
	const queues = 10_000
	release := options.releases[len(options.releases)-1]
	k, end := ownBroker(b, options.suite+"-load-"+release, release)
	defer end()
	k.fill(b, "/", 0, queues)
	k.settle(b, queues)
	for _, args := range [][]string{
		{"publish", "--name", k.Name, "--queue", "q00000", "--rate", "2000", "--for", "1h"},
		{"consume", "--name", k.Name, "--queue", "q00000", "--for", "1h"},
	} {
		cmd := exec.Command(program("devbroker"), args...)
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		defer func() {
			_ = cmd.Process.Signal(syscall.SIGTERM)
			_ = cmd.Wait()
		}()
	}
	for range b.N {
		k.compare(b, fmt.Sprintf("RabbitMQ %s, %d queues, 2000 messages a second: names and counts", k.Version, queues),
			k.listers(b), 6)
	}
}
