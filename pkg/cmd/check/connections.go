package check

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkConnections() verb.Check {
	var warning, critical, openedWarning, openedCritical, limitWarning, limitCritical string
	var limits health.ConnectionLimits
	return verb.Check{
		Name:  "check_connections",
		Short: "Check the number of connections, how many are opened, and the limits",
		Long: `Check the number of client connections of the cluster, how many are opened per second, and how close virtual
hosts and users are to their limits of connections. It is CRITICAL if the node that answers has reached its
connection_max (4.1 and later report it). If a node does not run, its connections are not known, so the check is
UNKNOWN where it would be OK; WARNING and CRITICAL stay. Figures can be five seconds old. The check needs the tag
monitoring. Since 4.2.9 and 4.3.3 only a user with the tag administrator sees the limits of users; for others the check
does not judge these limits, and says so.

--warning and --critical, and those for connections opened per second, are ranges of the Monitoring Plugins guidelines:
"500" alerts above 500, "5:" alerts below 5, and "5:500" alerts below 5 and above 500. Without these flags the numbers
are shown and not judged. How much of a limit is used is always judged, unless --limit-warning and --limit-critical are
0.`,
		Example: `  rabbitctl check_connections
  rabbitctl check_connections --warning 1:800 --critical 1:1000
  rabbitctl check_connections --opened-warning 10 --opened-critical 50 --limit-warning 70%`,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringVar(&warning, "warning", "", "WARNING if the number of connections is outside of `RANGE`")
			fs.StringVar(&critical, "critical", "", "CRITICAL if the number of connections is outside of `RANGE`")
			fs.StringVar(&openedWarning, "opened-warning", "",
				"WARNING if the connections opened per second are outside of `RANGE`")
			fs.StringVar(&openedCritical, "opened-critical", "",
				"CRITICAL if the connections opened per second are outside of `RANGE`")
			fs.StringVar(&limitWarning, "limit-warning", "80%",
				"WARNING if a virtual host or user has used more than this `SHARE` of its limit")
			fs.StringVar(&limitCritical, "limit-critical", "95%",
				"CRITICAL if a virtual host or user has used more than this `SHARE` of its limit")
		},
		Validate: func(verb.Ask) (err error) {
			for _, r := range []struct {
				flag, text string
				into       *health.Range
			}{
				{"--warning", warning, &limits.Open.Warning}, {"--critical", critical, &limits.Open.Critical},
				{"--opened-warning", openedWarning, &limits.Opened.Warning}, {"--opened-critical", openedCritical,
					&limits.Opened.Critical},
			} {
				if *r.into, err = parseRange(r.flag, r.text); err != nil {
					return err
				}
			}
			if limits.Share.Warning, err = portion("--limit-warning", limitWarning); err != nil {
				return err
			}
			limits.Share.Critical, err = portion("--limit-critical", limitCritical)
			return err
		},
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			facts, unseen, err := survey.ConnectionFacts(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			r := verb.Report{Result: health.Connections(facts, limits)}
			r.LookedAt = fmt.Sprintf("the whole cluster, limits set: %d", len(facts.Limits))
			if len(unseen) > 0 {
				r.LookedAt += "; not seen: " + strings.Join(unseen, ", ")
			}
			return r, nil
		},
	}
}
