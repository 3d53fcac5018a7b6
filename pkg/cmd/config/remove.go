package contexts

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func remove(a *app.App) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove a context from the configuration file",
		Long: `Remove a context from the configuration file, with the comment right above it and any password in it. It asks
for confirmation; without a terminal it needs --yes. If the context was the default, the configuration file has no
default afterwards; the section [default] of ~/.rabbitmqadmin.conf is then the default, if there is one.`,
		Example: `  rabbitctl config remove old
  rabbitctl config remove old --yes`,
		Args: verb.Exactly(nameArg()),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := open(cmd, a)
			if err != nil {
				return err
			}
			if err := d.confirmRemoval(cmd.Context(), args[0], yes); err != nil {
				return err
			}
			ctx, cancel := d.within(cmd.Context())
			defer cancel()
			wasDefault, err := config.RemoveContext(ctx, d.base.File, args[0], a.Getenv)
			if err != nil {
				return err
			}
			if err := d.outcome("removed", field("context", args[0]), field("file", d.base.File)); err != nil {
				return err
			}
			switch {
			case wasDefault && d.adminDefault():
				d.note("note", "it was the default context; the section default of ~/.rabbitmqadmin.conf is the default now")
			case wasDefault:
				d.note("note", "it was the default context; now there is no default")
			}
			return nil
		},
		ValidArgsFunction: oneName(completeOwn(a)),
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask; needed without a terminal")
	return cmd
}

// confirmRemoval asks for confirmation, unless yes is true. A context of a file that rabbitctl does not change is an
// error. If the context does not exist, confirmRemoval returns no error: RemoveContext reports this error, with the
// most similar name.
func (d *session) confirmRemoval(ctx context.Context, name string, yes bool) error {
	l, err := config.List(d.in)
	if err != nil {
		return err
	}
	c, exists := find(l, name)
	switch {
	case exists && c.File != d.base.File:
		return fail.New(fail.Config, "context %s is in %s, which rabbitctl does not change", name, c.File).
			Next("remove the section by hand")
	case !exists || yes:
		return nil
	case !d.IO.CanPrompt():
		return fail.Usagef("confirmation needed to remove context %s, and there is no terminal to ask at", name).
			Next("add --yes")
	}
	where := ""
	if e, err := c.Endpoint(); err == nil {
		where = " (" + e.String() + ")"
	}
	fmt.Fprintf(d.IO.Err, "about to remove context %s%s from %s\n", render.Escape(name), where, render.Escape(c.File))
	if c.PasswordKey() == "password" || c.PasswordKey() == "url" {
		fmt.Fprintln(d.IO.Err, "its password is in the file too, and is removed")
	}
	agreed, err := d.Confirm(ctx, "go on?")
	if err == nil && !agreed {
		err = fail.New(fail.Canceled, "nothing was changed")
	}
	return err
}
