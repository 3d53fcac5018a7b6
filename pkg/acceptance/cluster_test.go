//go:build acceptance

package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// cluster is three nodes of one release. The suite has at most one cluster of each release, and its tests use it one
// after the other.
type cluster struct {
	name  string
	nodes []*broker

	boot sync.Once
	err  error
	// use is locked while a test uses the cluster. The test may break the cluster: onCluster heals it when the test
	// ends.
	use sync.Mutex
}

// clusters holds the suite's clusters by release.
var clusters struct {
	sync.Mutex
	of map[string]*cluster
}

// onCluster lends the suite's cluster of a release to a test. The first test that needs the cluster boots it. When a
// test ends, all nodes run again and are connected to each other.
func onCluster(t *testing.T, release string) *cluster {
	t.Helper()
	clusters.Lock()
	if clusters.of == nil {
		clusters.of = map[string]*cluster{}
	}
	c := clusters.of[release]
	if c == nil {
		c = &cluster{name: options.suite + "-" + release + "-x3"}
		clusters.of[release] = c
	}
	clusters.Unlock()
	c.boot.Do(func() { c.err = c.up(release) })
	if c.err != nil {
		t.Fatal(c.err)
	}
	c.use.Lock()
	t.Cleanup(c.use.Unlock)
	t.Cleanup(func() { c.heal(t) })
	return c
}

func (c *cluster) up(release string) error {
	// By default a silent node counts as down only after a minute, which is too long for these tests. The setting must be
	// there at the boot: on a running node, 4.3 says that it takes the shorter time, and does not use it.
	if out, err := exec.Command(program("devbroker"), "up", "--release", release, "--nodes", "3", "--name", c.name,
		"--set", "net_ticktime = 10").CombinedOutput(); err != nil {
		return fmt.Errorf("devbroker up --release %s --nodes 3: %w\n%s", release, err, out)
	}
	out, err := exec.Command(program("devbroker"), "status", c.name, "-o", "json").Output()
	if err != nil {
		return fmt.Errorf("devbroker status %s: %w", c.name, err)
	}
	if err := json.Unmarshal(out, &c.nodes); err != nil {
		return fmt.Errorf("devbroker status %s: %w\n%s", c.name, err, out)
	}
	if len(c.nodes) != 3 {
		return fmt.Errorf("devbroker status %s has %d nodes:\n%s", c.name, len(c.nodes), out)
	}
	for _, n := range c.nodes {
		if err := n.awaitStatistics(len(c.nodes)); err != nil {
			return err
		}
	}
	return nil
}

// target returns devbroker's name for a node of the cluster, such as acceptance-4.3-x3/2.
func (c *cluster) target(n *broker) string {
	for i, b := range c.nodes {
		if b == n {
			return fmt.Sprintf("%s/%d", c.name, i+1)
		}
	}
	return c.name
}

// tool runs one of the release's own tools against a node.
func (c *cluster) tool(t *testing.T, n *broker, args ...string) ran {
	t.Helper()
	return run(t, nil, program("devbroker"), append([]string{"ctl", c.target(n), "--"}, args...)...)
}

// stopApp stops the RabbitMQ application on nodes, and leaves their Erlang virtual machines running.
func (c *cluster) stopApp(t *testing.T, nodes ...*broker) {
	t.Helper()
	for _, n := range nodes {
		c.tool(t, n, "rabbitmqctl", "stop_app").ok(t)
	}
}

// startApp starts the application on all nodes at the same time, because a node may wait for another one.
func (c *cluster) startApp(t *testing.T, nodes ...*broker) {
	t.Helper()
	var wait sync.WaitGroup
	for _, n := range nodes {
		wait.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			r, err := runIn(ctx, nil, program("devbroker"), "ctl", c.target(n), "--", "rabbitmqctl", "start_app")
			if err != nil || r.code != 0 {
				t.Errorf("%s does not start: exit %d, %v\n%s", c.target(n), r.code, err, r.stderr)
			}
		})
	}
	wait.Wait()
}

// freeze suspends the process of a node until thaw, or until the test ends.
func (c *cluster) freeze(t *testing.T, n *broker) {
	t.Helper()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if r, err := runIn(ctx, nil, program("devbroker"), "thaw", c.target(n)); err != nil || r.code != 0 {
			t.Errorf("%s stays frozen: exit %d, %v\n%s", c.target(n), r.code, err, r.stderr)
		}
	})
	run(t, nil, program("devbroker"), "freeze", c.target(n)).ok(t)
}

func (c *cluster) thaw(t *testing.T, n *broker) {
	t.Helper()
	run(t, nil, program("devbroker"), "thaw", c.target(n)).ok(t)
}

// nodeLine is a node of the cluster as one of the nodes lists it. A node also lists itself.
type nodeLine struct {
	Name       string   `json:"name"`
	Running    bool     `json:"running"`
	Partitions []string `json:"partitions"`
}

// heal makes the cluster whole after a test. It restarts the application of a node that is cut off from the first node
// or does not answer, but never that of the first node. If three attempts do not help, the test fails.
func (c *cluster) heal(t *testing.T) {
	word := ""
	for range 3 {
		cut := map[string]bool{}
		for _, n := range c.nodes {
			lines, err := n.sees()
			if err != nil {
				cut[n.Node] = true
			}
			for _, l := range lines {
				for _, other := range l.Partitions {
					if l.Name == c.nodes[0].Node {
						cut[other] = true
					} else if other == c.nodes[0].Node {
						cut[l.Name] = true
					}
				}
			}
		}
		for i, n := range c.nodes {
			// The first node's side of a partition is kept.
			if !cut[n.Node] || i == 0 {
				continue
			}
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			_, _ = runIn(ctx, nil, program("devbroker"), "ctl", c.target(n), "--", "rabbitmqctl", "stop_app")
			cancel()
			c.startApp(t, n)
		}
		for deadline := time.Now().Add(patience / 3); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
			if word = c.broken(); word == "" {
				return
			}
		}
	}
	t.Errorf("the cluster is not whole again: %s", word)
}

// sees returns the cluster's nodes as this node lists them.
func (b *broker) sees() ([]nodeLine, error) {
	status, body, err := b.request("GET", "/nodes?columns=name,running,partitions", nil)
	var lines []nodeLine
	if err == nil && status == 200 {
		err = json.Unmarshal(body, &lines)
	}
	if err == nil && len(lines) != 3 {
		err = fmt.Errorf("%d nodes", len(lines))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: status %d, %w, %s", b.Node, status, err, body)
	}
	return lines, nil
}

// broken returns "" if every node sees all nodes running and no partition. Otherwise it returns what is wrong.
func (c *cluster) broken() string {
	for _, n := range c.nodes {
		lines, err := n.sees()
		if err != nil {
			return err.Error()
		}
		for _, l := range lines {
			if !l.Running || len(l.Partitions) > 0 {
				return fmt.Sprintf("%s sees %+v", n.Node, lines)
			}
		}
	}
	return ""
}

// endClusters stops and removes the clusters that onCluster has started.
func endClusters() {
	for _, c := range clusters.of {
		takeDown(c.name)
	}
}

// replicated creates a virtual host with a quorum queue and a stream that have a member on every node, and with q1 and
// s1, which have a single member.
func (c *cluster) replicated(t *testing.T) string {
	t.Helper()
	n := c.nodes[0]
	vhost := n.vhost(t, "quorum")
	n.declare(t, vhost, "q3", map[string]any{"x-queue-type": "quorum"})
	n.declare(t, vhost, "s3", map[string]any{"x-queue-type": "stream"})
	n.declare(t, vhost, "q1", map[string]any{"x-queue-type": "quorum", "x-quorum-initial-group-size": 1})
	n.declare(t, vhost, "s1", map[string]any{"x-queue-type": "stream", "x-initial-cluster-size": 1})
	eventually(t, func() (bool, string) {
		queues := get[[]struct {
			Members []string `json:"members"`
		}](t, n, path("queues", vhost)+"?columns=name,members")
		members := 0
		for _, q := range queues {
			members += len(q.Members)
		}
		return members == 8, fmt.Sprintf("%d of 8 members are listed", members)
	})
	return vhost
}

// says fails the test unless stdout has all the texts.
func (r ran) says(t *testing.T, texts ...string) ran {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.stdout, text) {
			t.Errorf("it does not say %q\nexit %d, stdout:\n%sstderr:\n%s", text, r.code, r.stdout, r.stderr)
		}
	}
	return r
}
