// Package doctor has the command that looks for everything that is wrong.
package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package.
func Commands() []verb.Command { return []verb.Command{doctor()} }

func doctor() verb.Check {
	return verb.Check{
		Name:  "doctor",
		Short: "Look for everything that is wrong, worst first",
		Long: `Look for everything that is wrong, or soon will be: alarms and coming alarms, nodes, partitions, queues
without consumers, messages that reach no queue, feature flags, deprecated features, users, clocks. Each finding says
what is wrong, the evidence, who is affected, what to do, and which page explains it: rabbitctl help FINDING. If a
queue may be growing, or messages may be redelivered in a loop, doctor looks twice more, 6 s apart.

CRITICAL: something does not work now or will stop working very soon, or anybody can log in as guest. WARNING:
something does not work well, or will stop working. UNKNOWN: something could not be examined. REMARK: worth knowing;
it counts as OK. The exit code is that of the worst finding: CRITICAL (2) is worse than WARNING (1), and WARNING is
worse than UNKNOWN (3). Only a user with the tag administrator can see all that doctor looks at: users without it get
UNKNOWN where others get OK. doctor changes nothing; it tries once to log in as guest with the password guest. If the
management API does not answer and there is an Erlang cookie, doctor asks one node about itself over Erlang
distribution: the node of --node. If no node is named, it asks rabbit on this host, but only if no address is given
(see rabbitctl help transports).`,
		Example: `  rabbitctl doctor
  rabbitctl doctor -o markdown > ticket.md
  rabbitctl doctor -o json | jq -r '.findings[]? | .severity + " " + .what'`,
		Explains: true, Itself: itself,
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			facts, err := survey.Examination(ctx, c, ask.Now(), func(part diagnose.Part, soFar, all int) {
				ask.Waiting("%d of %d looked at: %s", soFar, all, part)
			})
			if err != nil {
				return verb.Report{}, err
			}
			survey.LookAgain(ctx, c, &facts, ask, func(queues int, wait time.Duration) {
				ask.Waiting("looking again at %d queues in %s: two counts show growth", queues, wait)
			})
			return report(facts, diagnose.Examine(facts)), nil
		},
	}
}

func report(f diagnose.Facts, found []diagnose.Finding) verb.Report {
	r := verb.Report{Result: health.Result{LookedAt: lookedAt(f)}}
	counts := map[health.Status]int{}
	for _, x := range found {
		counts[x.Severity]++
		r.Status = health.Worse(r.Status, x.Severity)
	}
	var parts []string
	for _, s := range []struct {
		status    health.Status
		one, many string
	}{{health.Critical, "critical", "critical"}, {health.Warning, "warning", "warnings"}, {health.Unknown, "unknown",
		"unknown"}, {health.OK, "remark", "remarks"}} {
		n := counts[s.status]
		r.Figures = append(r.Figures, health.Figure{Label: strings.ToLower(s.status.String()), Value: float64(n)})
		switch {
		case n == 1:
			parts = append(parts, "1 "+s.one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, s.many))
		}
	}
	r.Summary = "nothing was found to be wrong"
	if r.Status != health.OK {
		r.Summary = strings.Join(parts, ", ") + "; worst: " + found[0].What
	}
	r.Evidence = record.Document{verb.Findings(found)}
	return r
}

// lookedAt says which broker was examined, and what its release does not offer.
func lookedAt(f diagnose.Facts) string {
	text := fmt.Sprintf("%s as user %s: ", f.Endpoint, f.User)
	if f.Overview.Version != "" {
		text += "RabbitMQ " + f.Overview.Version + ", "
	}
	if len(f.Nodes) > 0 {
		text += fmt.Sprintf("%d of %d nodes running, ", running(f.Nodes), len(f.Nodes))
	}
	if f.Unseen[diagnose.OfQueues] == "" {
		text += fmt.Sprintf("%d queues, ", f.Queues.Total)
	}
	text += fmt.Sprintf("checked by %d rules", len(diagnose.Rules()))
	text += "; alarms of this moment, figures of nodes and queues up to 10 s old"
	if f.Queues.Blank > 0 {
		text += fmt.Sprintf("; %d of the queues without figures yet", f.Queues.Blank)
	}
	var not []string
	for part := range f.NotOffered {
		not = append(not, string(part))
	}
	slices.Sort(not)
	if len(not) > 0 {
		text += "; this release does not offer " + strings.Join(not, ", ")
	}
	return text
}

func running(nodes []health.Node) int {
	n := 0
	for _, node := range nodes {
		if node.Running {
			n++
		}
	}
	return n
}
