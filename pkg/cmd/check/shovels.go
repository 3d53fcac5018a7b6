package check

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkShovels() verb.Check {
	var missing string
	var verdict health.Status
	return verb.Check{
		Name:  "check_shovels",
		Short: "Check that shovels run",
		Long: `Check that every shovel runs, in all virtual hosts that this user may see unless -p names one. A shovel
that is starting, or blocked by its destination, is WARNING. A shovel that is terminated is CRITICAL. A declared
shovel that no node runs is CRITICAL, too, but without the tag policymaker the check does not see it, and can then be
OK. A broker reports a shovel that cannot connect as starting or terminated. RabbitMQ 4.0 does not list it for a while;
it then counts as a declared shovel that no node runs. The user needs the tag monitoring, and the broker the plugin
rabbitmq_shovel_management.

No shovel at all is UNKNOWN: either the shovels are gone, or this user may not see them. With --missing ok it is OK.`,
		Example: `  rabbitctl check_shovels
  rabbitctl check_shovels -p prod --missing critical`,
		Scoped:   true,
		Flags:    func(fs *pflag.FlagSet) { missingFlag(fs, &missing, "there is no shovel") },
		Validate: func(verb.Ask) (err error) { verdict, err = parseMissing(missing); return err },
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			found, declared, err := survey.Shovels(ctx, c, ask.VHost)
			if err != nil {
				return verb.Report{}, err
			}
			r, err := moving(ctx, c, ask.VHost, noneFound(health.Movers("shovel", found, verdict), len(found)))
			if err == nil && !declared {
				r.LookedAt += "; not seen: shovels that are declared and that no node runs (they need the tag policymaker)"
			}
			return r, err
		},
	}
}
