package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// silentNodes returns as mute the nodes that a view names as silent and that do not answer themselves. If no view names
// a node, and only one node can be the silent one, mute is that node; if several can, suspects holds them.
func (c comparison) silentNodes() (mute, suspects []string) {
	for _, v := range c.answered {
		if !v.Waits {
			continue
		}
		named := v.SilentNodes
		if len(named) == 0 {
			for _, m := range v.Members {
				if !c.answers(m.Name) {
					suspects = append(suspects, m.Name)
				}
			}
		}
		for _, n := range named {
			if !c.answers(n) {
				mute = append(mute, n)
			}
		}
	}
	slices.Sort(mute)
	slices.Sort(suspects)
	mute, suspects = slices.Compact(mute), slices.Compact(suspects)
	switch {
	case len(mute) > 0:
		return mute, nil
	case len(suspects) == 1:
		return suspects, nil
	}
	return nil, suspects
}

// silent returns findings about nodes that do not answer and that the other nodes still wait for: frozen, overloaded,
// or just cut off.
func (c comparison) silent() []Finding {
	var waiting []string
	for _, v := range c.answered {
		if v.Waits {
			waiting = append(waiting, v.Node)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	verb := " waits"
	if len(waiting) > 1 {
		verb = " wait"
	}
	x := Finding{Rule: "node-silent", Severity: health.Critical,
		Hit: "requests for the figures of all nodes, clients of that node, and queues on it",
		Evidence: []string{strings.Join(waiting, ", ") + verb +
			" for an answer: neither figures nor partitions are reported meanwhile"},
		Do: append(lookAtProcess(), "after about a minute (net_ticktime) the cluster treats it as down and answers "+
			"without it")}
	mute, suspects := c.silentNodes()
	var found []Finding
	for _, node := range mute {
		one := x
		one.What = node + " does not answer"
		if why := c.silence(node); why != "not asked" {
			one.Evidence = append(slices.Clone(x.Evidence), "its own API: "+why)
		}
		found = append(found, one)
	}
	switch {
	case len(mute) > 0:
	case len(suspects) > 0:
		x.What = "one of " + strings.Join(suspects, ", ") + " does not answer; the broker does not say which"
		x.Do = append(c.findSilent(suspects), x.Do...)
		found = append(found, x)
	default:
		x.Severity, x.Hit = health.Unknown, ""
		x.What = fmt.Sprintf("%s waited for another node, but every node answers now", strings.Join(waiting, ", "))
		x.Do = []string{"look again: a node may have been frozen for a moment, or it is slow"}
		found = append(found, x)
	}
	return found
}

// findSilent says how to find out which of the suspects is silent. If every known address was asked already, only a
// look at the hosts helps.
func (c comparison) findSilent(suspects []string) []string {
	const ask = "rabbitctl cluster_status --ask-every-node"
	if len(c.views) == 1 {
		return []string{ask, "it asks each node itself; a node whose API has another port needs --node-url NODE=URL"}
	}
	line := ask
	for _, v := range c.views {
		if v.URL == "" && slices.Contains(suspects, v.Node) {
			line += " --node-url " + v.Node + "=http://HOST:PORT"
		}
	}
	onHosts := "on each of their hosts: rabbitctl check_node --for liveness; it is CRITICAL where the node is frozen"
	if line == ask {
		return []string{onHosts}
	}
	return []string{line, onHosts}
}

// lookAtProcess says how to tell on a node's host why the node does not answer.
func lookAtProcess() []string {
	return []string{"on its host, is there a process? ps -o pid,stat,args -C beam.smp",
		"no process: systemctl start rabbitmq-server; its log says why it ended",
		"state T is stopped: kill -CONT PID; state D waits for a disk; else free -m (is it swapping?), and the network to the other nodes"}
}
