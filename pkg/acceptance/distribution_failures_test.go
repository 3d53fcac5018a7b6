//go:build acceptance

package acceptance

import (
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// erlangFailures: for each cause why a node cannot be reached, rabbitctl prints a message of its own with a next step,
// and does so in time.
func erlangFailures(t *testing.T, b *broker, env []string) {
	t.Helper()
	first := map[string]string{}
	fails := func(what, says string, code int, more []string, args ...string) {
		t.Helper()
		if len(args) == 0 {
			args = []string{"eval", "1+1."}
		}
		began := time.Now()
		r := run(t, append(slices.Clone(env), more...), program("rabbitctl"), args...)
		took := time.Since(began)
		if r.code != code || r.stdout != "" || !oneErrorWithANextStep(r.stderr) || !strings.Contains(r.stderr, says) {
			t.Errorf("%s: exit %d %q %q", what, r.code, r.stdout, r.stderr)
		}
		line := splitLines(r.stderr)[0]
		if other, taken := first[line]; taken {
			t.Errorf("%s and %s are both told as %q", what, other, line)
		}
		first[line] = what
		// On a busy machine every command needs some seconds. A command that hangs would need a minute.
		if took > 25*time.Second {
			t.Errorf("%s takes %s", what, took)
		}
	}
	fails("another cookie", "has another Erlang cookie than the one from ", 77,
		[]string{"RABBITCTL_ERLANG_COOKIE_FILE=", "RABBITCTL_ERLANG_COOKIE=other"})
	fails("another name", "no node named nosuch runs there: epmd at ", 69, []string{"RABBITCTL_NODE=nosuch@localhost"})
	fails("epmd down", "cannot connect to epmd, which knows the ports of Erlang nodes, at ", 69, []string{"RABBITCTL_EPMD_PORT=1"})
	fails("port closed", "does not accept connections at ", 69, []string{"RABBITCTL_NODE_PORT=1"})
	name, _, _ := strings.Cut(b.Node, "@")
	fails("another host part", "the node there calls itself "+b.Node+", not "+name+"@127.0.0.1", 69,
		[]string{"RABBITCTL_NODE=" + name + "@127.0.0.1"})
	fails("TLS against plain", " TLS", 69, []string{"RABBITCTL_TLS_DISTRIBUTION=true"})
	fails("cut in the handshake", "breaks off the handshake: ", 69,
		[]string{"RABBITCTL_NODE_PORT=" + cutter(t, b.distPort(t), 60)})
	// The node sends about 130 bytes in the handshake, and some hundred bytes for each answer to the first calls.
	fails("cut in the middle", "the connection to node "+b.Node+" is lost: ", 69,
		[]string{"RABBITCTL_NODE_PORT=" + cutter(t, b.distPort(t), 400)}, "list_queues", "--source", "node")
	fails("cut in a change", "it is not known whether node "+b.Node+" carried out the change", 75,
		[]string{"RABBITCTL_NODE_PORT=" + cutter(t, b.distPort(t), 5000)}, "eval", `binary:copy(<<"x">>, 100000).`)
	run(t, nil, program("devbroker"), "freeze", b.Name).ok(t)
	defer run(t, nil, program("devbroker"), "thaw", b.Name)
	fails("frozen", "accepts the connection, but does not answer within 7s: it hangs, or its distribution is over TLS", 69, nil)
	fails("frozen, and less time", "did not answer: the time budget ended", 75, nil, "os_env", "--timeout", "2s")
}

// distPort returns the port on which the node listens for Erlang distribution.
func (b *broker) distPort(t *testing.T) string {
	t.Helper()
	told := b.ctl(t, "rabbitmqctl", "eval", `os:getenv("RABBITMQ_DIST_PORT").`).ok(t).stdout
	port := strings.Trim(told, "\"\n")
	if _, err := strconv.Atoi(port); err != nil {
		t.Fatalf("the node's port is %q", told)
	}
	return port
}

// cutter listens on a port of its own, which it returns, and connects each client to the node's port. It passes the
// given number of bytes from the node, and then cuts the connection.
func cutter(t *testing.T, port string, after int64) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			ours, err := l.Accept()
			if err != nil {
				return
			}
			node, err := net.Dial("tcp", "127.0.0.1:"+port)
			if err != nil {
				ours.Close()
				continue
			}
			go func() { _, _ = io.Copy(node, ours) }()
			go func() {
				_, _ = io.CopyN(ours, node, after)
				ours.Close()
				node.Close()
			}()
		}
	}()
	return portOf(l.Addr().String())
}
