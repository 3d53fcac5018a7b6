package check

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// unroutableSeen names the protocol, because 4.3 counts no messages over AMQP 1.0 and MQTT.
const unroutableSeen = "messages over AMQP 0-9-1 in the whole cluster, rates of the last statistics interval"

func checkUnroutable() verb.Check {
	var warning, critical string
	var limits health.Limits
	return verb.Check{
		Name:  "check_unroutable",
		Short: "Check how many messages per second reach no queue",
		Long: `Check how many messages per second reach no queue, in the whole cluster: those that the broker drops
without an error, and mandatory messages that it returns to their publishers. If there are any, the verdict usually
says in which virtual hosts. The broker does not count these messages by exchange; list_unroutable finds exchanges
that lose messages.

The rates cover the broker's last statistics interval (5 seconds by default), and are up to 5 seconds old. So a single
message shows for 5 to 10 seconds, and messages that were lost between two runs of the check do not show.
list_unroutable also shows what was lost since the nodes started.

The management API of 4.3 counts messages over AMQP 0-9-1 only, and not those over AMQP 1.0 and MQTT. 3.10 counts
those over MQTT too. Messages on a node that does not run are not counted: the verdict is then UNKNOWN, unless the
rate of the other nodes is above a limit. It is also UNKNOWN if rates_mode is none, or if the broker collects no
statistics. The user needs the tag monitoring.

--warning and --critical are ranges of the Monitoring Plugins guidelines: 0 alerts above 0, 5 above 5. An empty text
switches the limit off: --warning ''. Without these flags a rate above 0 is WARNING, and the check is never CRITICAL.`,
		Example: `  rabbitctl check_unroutable
  rabbitctl check_unroutable --warning 1 --critical 50
  rabbitctl check_unroutable --warning '' --critical 10`,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringVar(&warning, "warning", "0", "`RANGE` of messages per second outside of which it is WARNING")
			fs.StringVar(&critical, "critical", "", "`RANGE` of messages per second outside of which it is CRITICAL")
		},
		Validate: func(verb.Ask) (err error) {
			if limits.Warning, err = parseRange("--warning", warning); err != nil {
				return err
			}
			limits.Critical, err = parseRange("--critical", critical)
			return err
		},
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			facts, err := survey.UnroutableRates(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			result, losing := health.Unroutable(facts, limits)
			r := verb.Report{Result: result, Evidence: losingSection(losing)}
			r.Details, r.LookedAt = afterUnroutable(result.Status, losing), ratesSeen(result.Status, facts)
			return r, nil
		},
	}
}

// ratesSeen says what the verdict is based on; "" if the verdict is UNKNOWN.
func ratesSeen(s health.Status, facts health.UnroutableFacts) string {
	switch {
	case s == health.Unknown:
		return ""
	case facts.VHostsUnread != nil:
		return unroutableSeen + "; not seen: the virtual hosts, " + facts.VHostsUnread.Error()
	}
	return unroutableSeen
}

// afterUnroutable returns the command to run next, or nil if the verdict is OK. If only one virtual host loses
// messages, the command is limited to that virtual host.
func afterUnroutable(s health.Status, losing []health.UnroutableVHost) []string {
	switch {
	case s == health.Unknown:
		return []string{"next: " + fail.Command("doctor")}
	case s == health.OK:
		return nil
	case len(losing) == 1:
		return []string{"next: " + fail.Command("list_unroutable", "-p", losing[0].Name)}
	}
	return []string{"next: " + fail.Command("list_unroutable")}
}

// losingSection returns a table with a row for each virtual host that loses messages.
func losingSection(losing []health.UnroutableVHost) record.Document {
	s := record.Section{Name: "virtual_hosts", Optional: true, Columns: []record.Column{{Name: "vhost"},
		{Name: "dropped_per_second", Kind: record.Rate}, {Name: "returned_per_second", Kind: record.Rate},
		{Name: "dropped", Kind: record.Count}, {Name: "returned", Kind: record.Count}}}
	for _, v := range losing[:min(len(losing), evidenceRows)] {
		s.Rows = append(s.Rows, record.Row{record.Of(v.Name), fraction(v.DroppedRate), fraction(v.ReturnedRate),
			survey.Figure(v.Dropped), survey.Figure(v.Returned)})
	}
	return record.Document{s}
}
