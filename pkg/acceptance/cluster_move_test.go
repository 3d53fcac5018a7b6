//go:build acceptance

package acceptance

import (
	"fmt"
	"strings"
	"testing"
)

// TestClusterMove stops a node in the middle of moves. Each goes on where another node serves, or ends with 75; then the
// same command moves the rest. None of the messages is lost.
func TestClusterMove(t *testing.T) {
	onClusters(t, func(t *testing.T, c *cluster) {
		const many = 3000
		first, third := c.nodes[0], c.nodes[2]
		vhost := first.vhost(t, "moving")
		type move struct {
			// source and destination are the nodes that lead the queues, and through is the node that is connected.
			source, destination, through *broker
			kind                         string
			slowMove
		}
		moves := []*move{
			{source: third, destination: first, through: first, kind: "classic"},
			{source: first, destination: third, through: first, kind: "classic"},
			{source: first, destination: first, through: third, kind: "classic"},
			{source: third, destination: first, through: first, kind: "quorum"},
			{source: first, destination: third, through: first, kind: "quorum"},
		}
		if strings.HasPrefix(first.Version, "3.") {
			first.do(t, "PUT", path("policies", vhost, "mirrored"), map[string]any{"pattern": "^mirrored", "apply-to": "queues",
				"definition": map[string]any{"ha-mode": "all", "ha-sync-mode": "automatic"}})
			moves = append(moves, &move{source: third, destination: first, through: first, kind: "mirrored"},
				&move{source: first, destination: third, through: first, kind: "mirrored"})
		}
		for i, m := range moves {
			args := map[string]any{"x-queue-type": strings.Replace(m.kind, "mirrored", "classic", 1)}
			if m.kind == "quorum" {
				args["x-queue-leader-locator"] = "client-local"
			}
			m.from, m.to = fmt.Sprintf("%s.%d.src", m.kind, i), fmt.Sprintf("%s.%d.dst", m.kind, i)
			m.source.declare(t, vhost, m.from, args)
			m.destination.declare(t, vhost, m.to, args)
			first.publish(t, vhost, m.from, "--count", fmt.Sprint(many), "--persistent")
		}
		for _, m := range moves {
			m.slowMove = first.moveSlowly(t, m.through, vhost, m.from, m.to)
		}
		for _, m := range moves {
			m.awaitMoved(t, 100)
		}
		c.stopApp(t, third)
		for _, m := range moves {
			m.hurry()
		}
		for _, m := range moves {
			r := m.ended(t)
			if r.code == 75 && !strings.Contains(r.stderr, "messages may be there and in queue "+m.from) {
				t.Errorf("%s: it does not say how many can be there twice: %s", m.from, r.stderr)
			}
			if r.code != 0 && r.code != 75 || r.code == 0 && m.kind == "classic" {
				t.Errorf("%s: exit %d\n%s%s", m.from, r.code, r.stdout, r.stderr)
			}
		}
		c.startApp(t, third)
		for _, m := range moves {
			m.finished(t, many)
		}
		if first.Release == "4.3" { // it takes 30 s, in which nothing is confirmed
			c.moveWithoutMajority(t, vhost)
		}
	})
}

// moveWithoutMajority: a quorum queue whose members do not run confirms nothing, and is no destination.
func (c *cluster) moveWithoutMajority(t *testing.T, vhost string) {
	t.Helper()
	const many = 3000
	first := c.nodes[0]
	first.declare(t, vhost, "from", map[string]any{"x-queue-type": "classic"})
	first.declare(t, vhost, "to", map[string]any{"x-queue-type": "quorum", "x-queue-leader-locator": "client-local"})
	first.publish(t, vhost, "from", "--count", fmt.Sprint(many), "--persistent")
	m := first.moveSlowly(t, first, vhost, "from", "to")
	m.awaitMoved(t, 100)
	c.stopApp(t, c.nodes[1:]...)
	m.hurry()
	if r := m.ended(t).exits(t, 75); !strings.Contains(r.stderr, "confirmed no message for 30s; up to ") {
		t.Error(r.stderr)
	}
	r := first.rabbitctl(t, "move_messages", "from", "to", "-p", vhost).exits(t, 69)
	if !strings.Contains(r.stderr, "refused: queue to cannot take messages now: its state is minority") {
		t.Error(r.stderr)
	}
	c.startApp(t, c.nodes[1:]...)
	m.finished(t, many)
}

// finished moves the rest by the same command, after a move that was ended. Each such end can double a window.
func (m slowMove) finished(t *testing.T, many int) {
	t.Helper()
	ends := 1
	eventually(t, func() (bool, string) {
		r := m.b.rabbitctl(t, "move_messages", m.from, m.to, "-p", m.vhost)
		if strings.Contains(r.stdout, "incomplete") {
			ends++
		}
		return r.code == 0 && m.b.ready(t, m.vhost, m.from) == 0, fmt.Sprintf("%s: exit %d: %s%s", m.from, r.code, r.stdout,
			r.stderr)
	})
	holdAll(t, many, ends*500, m.b.drained(t, m.vhost, m.to))
}
