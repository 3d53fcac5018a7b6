// Package contexts has the commands about the contexts of the configuration file, and about the settings of a command
// line. They must work while a context is broken: only show and check need valid settings.
package contexts

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Command is `rabbitctl config` with its subcommands.
func Command(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show and change contexts: brokers with a user and a password",
		Long: `Show and change contexts. A context is a name for a broker and all that is needed to use it: address, user, password or
a way to get it, TLS files, virtual host. A context is a section of the configuration file:

  default_context = "prod"

  [contexts.prod]
  url = "https://mq.example.com:15671"
  username = "ops"
  password_command = "pass show mq/prod"
  protected = true

Use a context with --context NAME or RABBITCTL_CONTEXT, or make it the default. The file is changed in place, so its
comments and its order stay. Afterwards only its owner can read it. Commands that change it at the same time wait for
each other. Sections of an existing ~/.rabbitmqadmin.conf are contexts too; that file is read and never changed.
There, rabbitctl reads the key ssl_insecure, but not insecure, because no version of rabbitmqadmin reads insecure.

Keys of a context:
` + keyHelp(),
		Example: `  rabbitctl config set prod url=https://mq.example.com:15671 username=ops --password-prompt
  rabbitctl config use prod
  rabbitctl config list
  rabbitctl config show`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown(cmd, args[0])
			}
			cmd.SetOut(a.IO.Err)
			if err := cmd.Help(); err != nil {
				return err
			}
			return fail.Verdict(fail.Usage)
		},
	}
	cmd.AddCommand(list(a), show(a), path(a), set(a), use(a), remove(a), check(a))
	return cmd
}

func unknown(cmd *cobra.Command, word string) error {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return fail.Usagef("no command %q%s", word, fail.DidYouMean(word, names)).
		Next("%s has %s", cmd.CommandPath(), strings.Join(names, ", "))
}

func keyHelp() string {
	var b strings.Builder
	for _, o := range config.ContextKeys() {
		help := o.Help
		if o.Secret {
			help = "the password itself; rabbitctl then refuses the file if other users can read it"
		}
		if o.Default != "" {
			help += " (default " + o.Default + ")"
		}
		b.WriteString("  " + o.Key + strings.Repeat(" ", 20-len(o.Key)) + help + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// nameArg is the argument that names a context.
func nameArg() verb.Arg { return verb.Arg{Name: "NAME", Free: true} }
