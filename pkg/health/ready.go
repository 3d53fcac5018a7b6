package health

import (
	"fmt"
	"slices"
	"strings"
)

// Listener is an address on which a node accepts connections.
type Listener struct {
	// Protocol is the name that the API uses: amqp, amqp/ssl, mqtt, clustering.
	Protocol string
	Port     string
}

// ReadyFacts holds the facts that Ready judges.
type ReadyFacts struct {
	Node string
	// Member is the node as the answering node lists it; Listed is false if the answering node does not list it.
	Member Member
	Listed bool
	// Listeners holds the node's own listeners.
	Listeners []Listener
	// Protocols holds the protocols for which the node must listen. Empty means AMQP, with TLS or without.
	Protocols []string
	// Refuses says why the node's own readiness check fails; "" if the check passes, or was not run.
	Refuses string
	// Alarms holds the alarms of the node; empty if alarms do not matter for the purpose of the check.
	Alarms []Alarm
	// Waits means that the node waits for another node, so that only its own readiness check is known.
	Waits bool
}

// Ready judges whether a node can accept clients: its application runs, it is not in maintenance, it listens, its own
// readiness check does not fail, and it has none of the given alarms. Otherwise the verdict is CRITICAL; for a node
// that is not listed it is UNKNOWN.
func Ready(f ReadyFacts) Result {
	var r Result
	switch {
	case f.Waits && f.Refuses != "":
		r.add(Critical, f.Node+" says that it is not ready: "+f.Refuses)
		r.summarize("")
		return r
	case f.Waits:
		r.summarize(f.Node + " says that it is ready")
		return r
	case !f.Listed:
		r.add(Unknown, f.Node+" is not a node of the cluster")
		r.summarize("")
		return r
	case !f.Member.Running:
		r.add(Critical, "the application of "+f.Node+" is not running")
		r.summarize("")
		return r
	case f.Member.Drained:
		r.add(Critical, f.Node+" is in maintenance and takes no clients")
	}
	var up []string
	wanted := f.Protocols
	if len(wanted) == 0 {
		wanted = []string{"amqp", "amqp/ssl"}
	}
	for _, l := range f.Listeners {
		if slices.Contains(wanted, l.Protocol) {
			up = append(up, l.Port)
		}
	}
	if len(f.Protocols) == 0 && len(up) == 0 {
		r.add(Critical, f.Node+" listens for neither amqp nor amqp/ssl")
	}
	for _, p := range f.Protocols {
		if !slices.ContainsFunc(f.Listeners, func(l Listener) bool { return l.Protocol == p }) {
			r.add(Critical, f.Node+" does not listen for "+p)
		}
	}
	if f.Refuses != "" && !f.Member.Drained {
		r.add(Critical, f.Node+" says that it is not ready: "+f.Refuses)
	}
	if len(f.Alarms) > 0 {
		r.add(Critical, AlarmWords(f.Alarms))
	}
	noun := "listener"
	if len(up) > 1 {
		noun = "listeners"
	}
	r.summarize(fmt.Sprintf("%s %s up, application running", noun, strings.Join(up, ", ")))
	return r
}
