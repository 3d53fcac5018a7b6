//go:build acceptance

package acceptance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// broker is one running node that the suite started.
type broker struct {
	Name           string `json:"name"`
	Release        string `json:"release"`
	Version        string `json:"version"`
	Node           string `json:"node"`
	PID            int    `json:"pid"`
	ManagementPort int    `json:"management_port"`
	AMQPPort       int    `json:"amqp_port"`
	AMQPSPort      int    `json:"amqps_port"`
	URL            string `json:"url"`
	AMQPURL        string `json:"amqp_url"`
	PrometheusURL  string `json:"prometheus_url"`
}

// running holds the brokers that the tests share, which the first test that needs them starts, and the names of the
// other brokers that the suite must end.
var running struct {
	once sync.Once
	// brokers are in the order of options.releases. A release that is missing has no entry.
	brokers []*broker
	// missing has the reason for each release that could not be had, and that may be missing (see mustHave).
	missing map[string]error
	err     error
	// others are the names of brokers that a test has started for itself.
	others []string
	mu     sync.Mutex
}

// mustHave reports whether the suite fails without the release. 4.3 may be missing: it comes from a package repository
// that changes daily, and may not install for a day.
func mustHave(release string) bool { return release != "4.3" }

// boot starts one broker of each release, all at the same time. It records an error if a release is missing that must
// be there.
func boot(releases []string) {
	up := make([]*broker, len(releases))
	errs := make([]error, len(releases))
	var wait sync.WaitGroup
	for i, r := range releases {
		wait.Go(func() { up[i], errs[i] = bringUp(options.suite+"-"+r, r) })
	}
	wait.Wait()
	running.missing = map[string]error{}
	for i, r := range releases {
		switch {
		case errs[i] == nil:
			running.brokers = append(running.brokers, up[i])
		case mustHave(r):
			running.err = fmt.Errorf("RabbitMQ %s could not be had: %w", r, errs[i])
		default:
			running.missing[r] = errs[i]
		}
	}
}

// bringUp starts a broker and waits for its first statistics. args are additional flags of devbroker up.
func bringUp(name, release string, args ...string) (*broker, error) {
	up := append([]string{"up", "--release", release, "--name", name}, args...)
	if out, err := exec.Command(program("devbroker"), up...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("devbroker up --release %s: %w\n%s", release, err, out)
	}
	b, err := look(name)
	if err != nil {
		return nil, err
	}
	return b, b.awaitStatistics(1)
}

// awaitStatistics waits until a node has the first figures of all nodes of its cluster and the list of their
// applications. Both come some seconds after the node begins to answer, and those of the other nodes come last.
func (b *broker) awaitStatistics(nodes int) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		status, body, err := b.request("GET", "/nodes?columns=disk_free,applications", nil)
		var told []struct {
			DiskFree     *int64 `json:"disk_free"`
			Applications []struct {
				Name string `json:"name"`
			} `json:"applications"`
		}
		if err == nil && status == 200 {
			err = json.Unmarshal(body, &told)
		}
		ready := 0
		for _, n := range told {
			for _, a := range n.Applications {
				if a.Name == "rabbitmq_management" && n.DiskFree != nil {
					ready++
				}
			}
		}
		if ready == nodes {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s has statistics of %d nodes after %s: status %d, %w", b.Name, ready, patience, status,
				errors.Join(err, errors.New(string(body))))
		}
	}
}

func look(name string) (*broker, error) {
	nodes, err := lookAtAll(name)
	if err != nil {
		return nil, err
	}
	return nodes[0], nil
}

// lookAtAll returns the nodes that devbroker has started by this name: one, or those of a cluster.
func lookAtAll(name string) ([]*broker, error) {
	out, err := exec.Command(program("devbroker"), "status", name, "-o", "json").Output()
	if err != nil {
		return nil, fmt.Errorf("devbroker status %s: %w", name, err)
	}
	var nodes []*broker
	if err := json.Unmarshal(out, &nodes); err != nil {
		return nil, fmt.Errorf("devbroker status %s: %w\n%s", name, err, out)
	}
	if len(nodes) == 0 {
		return nil, fmt.Errorf("devbroker status %s has no nodes:\n%s", name, out)
	}
	return nodes, nil
}

func takeDown(name string) {
	if out, err := exec.Command(program("devbroker"), "down", name).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "acceptance: devbroker down %s: %v\n%s", name, err, out)
	}
}

// endBrokers stops and removes the brokers that the suite has started. Only the suite uses their names, so this cannot
// end any other broker.
func endBrokers() {
	for _, b := range running.brokers {
		takeDown(b.Name)
	}
	for _, name := range running.others {
		takeDown(name)
	}
	endClusters()
}

// ownBroker starts a broker for one test, which may fill it or break it. The broker ends with the suite, or when the
// test calls end.
func ownBroker(t testing.TB, name, release string) (b *broker, end func()) {
	t.Helper()
	alsoEnd(name)
	b, err := bringUp(name, release)
	if err != nil {
		t.Fatal(err)
	}
	return b, func() { takeDown(name) }
}

// alsoEnd records the name of a broker that a test starts for itself, so that the suite ends it. Tests that run in
// parallel may call it.
func alsoEnd(name string) {
	running.mu.Lock()
	defer running.mu.Unlock()
	running.others = append(running.others, name)
}

func program(name string) string { return filepath.Join(bin, name) }

// summarize prints the releases that the suite ran on, and prominently those that it did not run on.
func summarize() {
	var b bytes.Buffer
	for _, k := range running.brokers {
		fmt.Fprintf(&b, "acceptance: ran on RabbitMQ %s (%s)\n", k.Release, k.Version)
	}
	for r, err := range running.missing {
		fmt.Fprintf(&b, "acceptance: !!! NOTHING WAS PROVED ON RabbitMQ %s: %s\n", r, err)
	}
	os.Stderr.Write(b.Bytes())
	if file := options.summary; file != "" {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "acceptance:", err)
		}
	}
}

// onEach runs a test on the shared broker of every release, all at the same time. For a release that is missing, it
// skips the test.
func onEach(t *testing.T, test func(t *testing.T, b *broker)) {
	t.Helper()
	running.once.Do(func() { boot(options.releases) })
	if running.err != nil {
		t.Fatal(running.err)
	}
	for r, err := range running.missing {
		t.Run(r, func(t *testing.T) { t.Skipf("!!! RabbitMQ %s could not be had: %v", r, err) })
	}
	for _, b := range running.brokers {
		t.Run(b.Release, func(t *testing.T) {
			t.Parallel()
			test(t, b)
		})
	}
}
