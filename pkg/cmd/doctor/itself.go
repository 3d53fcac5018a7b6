package doctor

import (
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// itself judges what a node reports about itself: its alarms and its limits. A finding says that the rest was not seen.
func itself(n survey.Itself, reason error) verb.Report {
	facts := diagnose.Facts{NotOffered: map[diagnose.Part]bool{}, Alarms: n.Alarms, Nodes: []health.Node{n.Node}}
	for _, r := range diagnose.Rules() {
		for _, part := range r.Needs {
			facts.NotOffered[part] = !n.Running || part != diagnose.OfAlarms && part != diagnose.OfNodes
		}
	}
	found := diagnose.Examine(facts)
	says := "RabbitMQ " + n.Version + " runs on it"
	if !n.Running {
		state, do := "is stopped", "rabbitctl start_app --node "+n.Name
		if n.Booting {
			state, do = "is still starting", "rabbitctl await_ready"
		}
		says = "RabbitMQ " + state + " on it"
		found = append(found, diagnose.Finding{Rule: "node-not-running", Severity: health.Critical,
			What: "RabbitMQ " + state + " on " + n.Name + "; the Erlang node runs",
			Hit:  "the clients of the node, and queues without a majority on other nodes",
			Do:   []string{do}})
	}
	unseen := diagnose.Finding{Rule: "not-seen", Severity: health.Unknown,
		What:     fmt.Sprintf("the management API of %s does not answer, so only the node's own report was checked", n.Name),
		Evidence: []string{fail.InWords(reason).Error(), says}}
	if n.Running {
		unseen.Do = []string{steps.Of(reason), "if the plugin is off: rabbitctl enable_plugins rabbitmq_management --node " + n.Name}
	}
	found = append(found, unseen)
	diagnose.Sort(found)
	return report(diagnose.Facts{}, found)
}
