package verb

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
)

// complete makes options offer live names. The names can depend on the arguments and options that are already on the
// command line, so these are first set in a new change.
func (o *op) complete(cmd *cobra.Command, a *app.App) {
	for _, p := range o.Params {
		if p.Role != change.Option || p.In == change.OfficialOnly || p.Names == nil {
			continue
		}
		// The error is ignored: it would mean that the flag does not exist.
		_ = cmd.RegisterFlagCompletionFunc(p.Name,
			func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
				return live(cmd, a, prefix, func(ctx context.Context, a *app.App) ([]string, error) {
					return o.names(ctx, a, args, p.Name)
				})
			})
	}
}

// names returns the names that an option can have as its value.
func (o *op) names(ctx context.Context, a *app.App, args []string, option string) ([]string, error) {
	client, err := a.Broker()
	if err != nil {
		return nil, err
	}
	vhost := ""
	if o.Scoped {
		if vhost, err = scope(a, "/"); err != nil {
			return nil, err
		}
	}
	// Errors in the other arguments and options are reported when the command runs.
	fresh, _ := o.fresh(args)
	for _, p := range fresh.Params {
		if p.Name == option && p.Names != nil {
			return p.Names(ctx, client, vhost)
		}
	}
	return nil, nil
}
