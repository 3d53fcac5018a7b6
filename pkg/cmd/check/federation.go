package check

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkFederation() verb.Check {
	var missing string
	var verdict health.Status
	return verb.Check{
		Name:  "check_federation",
		Short: "Check that federation links run",
		Long: `Check that every federation link runs, in all virtual hosts that this user may see unless -p names one. A
link that is starting is WARNING. A link that is shut down or has an error is CRITICAL. The user needs the tag
monitoring, and the broker the plugin rabbitmq_federation_management.

No link at all is UNKNOWN: for example, the policy of the links is gone, or this user may not see them. With
--missing ok it is OK.`,
		Example: `  rabbitctl check_federation
  rabbitctl check_federation -p prod --missing critical`,
		Scoped:   true,
		Flags:    func(fs *pflag.FlagSet) { missingFlag(fs, &missing, "there is no link") },
		Validate: func(verb.Ask) (err error) { verdict, err = parseMissing(missing); return err },
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			found, err := survey.FederationLinks(ctx, c, ask.VHost)
			if err != nil {
				return verb.Report{}, err
			}
			return moving(ctx, c, ask.VHost, noneFound(health.Movers("link", found, verdict), len(found)))
		},
	}
}
