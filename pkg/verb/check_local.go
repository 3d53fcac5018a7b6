package verb

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
)

// LocalCheck is a check of this machine: it asks no broker, and needs no login.
type LocalCheck struct {
	// Check has all other properties of the check. Its Run is nil.
	Check
	// Look examines the machine and judges. An error means that it could not judge, which is UNKNOWN.
	Look func(ctx context.Context, ask Ask) (Report, error)
}

// Cobra makes the command.
func (c LocalCheck) Cobra(a *app.App) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:     usage(c.Name, c.Args),
		Short:   c.Short,
		Long:    c.long(),
		Example: c.Example,
		Args:    Exactly(c.Args...),
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
			return c.ended(a, out, file, report, err)
		},
	}
	c.flags(cmd, a, &file)
	return cmd
}

// look runs the check within --timeout.
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
