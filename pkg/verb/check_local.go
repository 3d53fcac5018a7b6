package verb

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// LocalCheck is a check of what is on this machine: it asks no broker, and needs no login.
type LocalCheck struct {
	// Check says all but what is looked at; its Run is nil.
	Check
	// Look judges. An error means that it could not, which is UNKNOWN.
	Look func(ctx context.Context, ask Ask) (Report, error)
}

// Cobra makes the command.
func (c LocalCheck) Cobra(a *app.App) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   usage(c.Name, c.Args),
		Short: c.Short,
		Long: strings.TrimSpace(c.Long) +
			"\n\nExit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (nothing is OK that could not be seen), 64 usage.",
		Example: c.Example,
		Args:    exactly(c.Args),
		RunE: func(cmd *cobra.Command, args []string) error {
			ask := Ask{Host: hostOf(a), Args: args}
			out, err := c.format(cmd, a)
			if err != nil {
				return err
			}
			if c.Validate != nil {
				if err := c.Validate(ask); err != nil {
					return err
				}
			}
			if ask.VHost, err = scope(a, ""); err != nil {
				return err
			}
			report, err := c.look(cmd.Context(), a, ask)
			if err != nil {
				if k := fail.KindOf(err); k == fail.Canceled || k == fail.Usage {
					return err
				}
				report = Unjudged(err)
			}
			if err := c.print(a, out, file, report); err != nil {
				return err
			}
			return verdict(report.Status)
		},
	}
	cmd.Flags().StringVar(&file, "output", "",
		"write to `FILE` in place of stdout, whole or not at all, for a collector that reads it at any moment")
	if c.Scoped {
		vhostFlag(cmd, a)
	}
	withFlags(cmd, c.Flags)
	completeArgs(cmd, a, c.Args, "")
	return cmd
}

// look judges within --timeout.
func (c LocalCheck) look(ctx context.Context, a *app.App, ask Ask) (Report, error) {
	s, err := a.Settings()
	if err != nil {
		return Report{}, err
	}
	if s.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.Timeout)
		defer cancel()
	}
	return c.Look(ctx, ask)
}
