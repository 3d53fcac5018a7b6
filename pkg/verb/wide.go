package verb

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// wide returns the option on the command line that makes the change concern several virtual hosts, or "" if there is
// none. An option that is empty or false, as in --all-vhosts=false, chooses nothing.
func (o *op) wide() string {
	chooses := func(t told) bool { return t.text != "" && t.text != "false" }
	for _, p := range o.Params {
		if p.Wide && slices.ContainsFunc(o.told, func(t told) bool { return t.Name == p.Name && chooses(t) }) {
			return p.Name
		}
	}
	return ""
}

// widen clears the virtual host if an option makes the change concern several virtual hosts.
func (c Change) widen(cmd *cobra.Command, ask *Ask) error {
	if c.wide == nil || c.wide() == "" {
		return nil
	}
	if cmd.Flags().Changed("vhost") {
		return fail.Usagef("--%s and -p exclude each other", c.wide())
	}
	ask.VHost = ""
	return nil
}
