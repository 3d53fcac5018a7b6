package check

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkElectedLeaders() verb.Check {
	return verb.Check{
		Name:  "check_for_quorum_queues_without_an_elected_leader",
		Short: "Check that every quorum queue whose name matches a pattern has a leader",
		Long: `Check that every quorum queue whose name matches a pattern has a leader, in all virtual hosts unless -p
names one. A queue without a leader is CRITICAL. The pattern is an Erlang regular expression. Releases before
4.1 do not offer this check: there it is UNKNOWN.`,
		Example: `  rabbitctl check_for_quorum_queues_without_an_elected_leader '.*'
  rabbitctl check_for_quorum_queues_without_an_elected_leader -p prod '^orders'`,
		Args:   []verb.Arg{{Name: "PATTERN", Free: true}},
		Scoped: true,
		Validate: func(ask verb.Ask) error {
			switch pattern := ask.Args[0]; {
			case pattern == "":
				return fail.Usagef("PATTERN is empty").Next("'.*' matches every name")
			case !broker.Addressable(pattern):
				return fail.Usagef("PATTERN: the HTTP API does not take the pattern %q", pattern).
					Next("'(%s)' matches the same names", pattern)
			}
			return nil
		},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			words := []string{"quorum-queues-without-elected-leaders", "all-vhosts", "pattern", ask.Args[0]}
			if ask.VHost != "" {
				words = []string{"quorum-queues-without-elected-leaders", "vhost", ask.VHost, "pattern", ask.Args[0]}
			}
			return asked(ctx, c, "every quorum queue that matches has a leader", reason("queues", queueName), words...)
		},
	}
}
