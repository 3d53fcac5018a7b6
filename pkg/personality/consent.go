package personality

import (
	"context"
	"fmt"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// changing returns the commands of the groups, and marks those that may change something: all but the few that are
// listed here. If a command is listed by mistake, a change that nobody has confirmed is still refused when it is sent.
func changing(groups ...[]command) []command {
	looks := []string{
		"authenticate_user",        // only logs in
		"hash_password",            // is computed by this program
		"list_policies_that_match", // only reads policies
		"export_definitions",       // writes a file on this machine
	}
	all := slices.Concat(groups...)
	for i := range all {
		all[i].changes = !slices.Contains(looks, all[i].name)
	}
	return all
}

// mayChange asks for confirmation only in a protected context and without --yes, since the official tools never ask. If
// it has to ask and there is no terminal, it refuses the change before anything is sent.
func (r *run) mayChange(ctx context.Context) error {
	settings, err := r.app.Settings()
	if err != nil {
		return err
	}
	// Do not repeat the arguments in the error, because one of them may be a password.
	goOn := fmt.Sprintf("rabbitctl --yes -c %s as %s %s ... agrees to the change", fail.Word(settings.Context), r.tool,
		r.command)
	_, err = r.app.MayChange(ctx, app.Intent{Yes: r.app.Yes, GoOn: goOn}, func() error {
		client, err := r.app.Broker()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(r.app.IO.Err, "%s %s is about to change %s\n", r.tool, render.Escape(r.command),
			client.BaseURL())
		return err
	})
	return err
}
