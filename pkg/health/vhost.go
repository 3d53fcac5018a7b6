package health

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// VHost is a virtual host and whether it runs.
type VHost struct {
	Name string
	// States holds the state on each node as the broker names it: running, stopped, or nodedown for a node that did not
	// answer. Nodes that do not run have no state.
	States map[string]string
}

// Down returns the nodes that report the virtual host as stopped, sorted.
func (v VHost) Down() []string { return v.nodes("stopped") }

func (v VHost) nodes(state string) []string {
	var nodes []string
	for _, node := range slices.Sorted(maps.Keys(v.States)) {
		if v.States[node] == state {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

// Lost reports whether the virtual host is stopped on at least one node and runs on none.
func (v VHost) Lost() bool { return len(v.Down()) > 0 && len(v.nodes("running")) == 0 }

// Stopped says where the virtual host is stopped: "virtual host prod is stopped on rabbit@b"; "" if no node reports it
// as stopped.
func (v VHost) Stopped() string {
	down := v.Down()
	switch {
	case len(down) == 0:
		return ""
	case len(down) > 1 && len(down) == len(v.States):
		return fmt.Sprintf("virtual host %s is stopped on all %d nodes", v.Name, len(down))
	}
	return fmt.Sprintf("virtual host %s is stopped on %s", v.Name, strings.Join(down, ", "))
}

// VHosts judges whether all virtual hosts run on every node that reports their state: CRITICAL if one is stopped on a
// node, otherwise UNKNOWN if a node did not answer. If no node reports a state, the verdict is UNKNOWN.
func VHosts(all []VHost) Result {
	var phrases []phrase
	nodes, silent := map[string]bool{}, map[string]bool{}
	for _, v := range all {
		for node, state := range v.States {
			if state != "running" && state != "stopped" {
				silent[node] = true
			}
		}
		for _, node := range append(v.nodes("running"), v.Down()...) {
			nodes[node] = true
		}
		if text := v.Stopped(); text != "" {
			phrases = append(phrases, phrase{Critical, text})
		}
	}
	if len(silent) > 0 {
		phrases = append(phrases, phrase{Unknown, "no state of virtual hosts came from " +
			strings.Join(slices.Sorted(maps.Keys(silent)), ", ")})
	}
	switch {
	case len(nodes) == 0:
		return Result{Status: Unknown, Summary: "no node reports whether virtual hosts run"}
	case len(phrases) > 0:
		return worstFirst(phrases, "")
	}
	where := "the only node that reports it"
	if len(nodes) > 1 {
		where = fmt.Sprintf("all %d nodes that report it", len(nodes))
	}
	return Result{Summary: fmt.Sprintf("%s on %s", hostsRun(len(all)), where)}
}

func hostsRun(n int) string {
	if n == 1 {
		return "the only listed virtual host runs"
	}
	return fmt.Sprintf("all %d listed virtual hosts run", n)
}
