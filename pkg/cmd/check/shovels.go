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
		Long: `Check that every shovel runs, of all virtual hosts that this user sees unless -p names one. A shovel that is
starting or blocked by its destination is WARNING; one that is terminated, or declared and run by no node, is CRITICAL
(what is declared needs the tag policymaker to be seen). One that cannot connect is starting or terminated, or on 4.0
not listed for a while. It needs the tag monitoring and the plugin rabbitmq_shovel_management.

No shovel at all is UNKNOWN: a check of shovels expects shovels, so they are gone or this user does not see them.
--missing ok says that there may be none.`,
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
