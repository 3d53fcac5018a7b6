package check

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkCertificateExpiration() verb.Check {
	var within int
	var unit string
	return verb.Check{
		Name:  "check_certificate_expiration",
		Short: "Check by the broker's own check that no certificate file expires soon",
		Long: `Check by the broker's own check that nothing in the certificate files of the node that answers expires soon.
If something does, the check is CRITICAL. The broker's check also counts unused authorities in a bundle, and
certificates that expired long ago. check_certificates judges the certificates that listeners send.`,
		Example: "  rabbitctl check_certificate_expiration --within 2 --unit months",
		Flags: func(fs *pflag.FlagSet) {
			fs.IntVar(&within, "within", 4, "how many `UNITS` ahead to look")
			fs.StringVar(&unit, "unit", "weeks", "the `UNIT`: days, weeks, months or years")
		},
		Validate: func(verb.Ask) error {
			units := []string{"days", "weeks", "months", "years"}
			if !slices.Contains(units, unit) {
				return fail.Usagef("--unit: %q is not one of %s%s", unit, strings.Join(units, ", "), fail.DidYouMean(unit, units))
			}
			if within < 0 {
				return fail.Usagef("--within must be 0 or more")
			}
			return nil
		},
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			return asked(ctx, c, fmt.Sprintf("no certificate file expires within %d %s", within, unit),
				reason("expired", func(v record.Value) string {
					var parts []string
					for _, kind := range []string{"certfile", "cacertfile"} {
						v.At(kind + "_expires_on").Each(func(date record.Value) {
							parts = append(parts, fmt.Sprintf("%s until %s", v.At(kind).Text(), date.Text()))
						})
					}
					return strings.Join(parts, " and ") + " (" + v.At("protocol").Text() + ", port " + v.At("port").Text() + ")"
				}), "certificate-expiration", strconv.Itoa(within), unit)
		},
	}
}
