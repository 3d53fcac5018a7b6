package cli

import (
	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func commands(e *env) []*cobra.Command {
	return []*cobra.Command{
		newUp(e), newDown(e), newStatus(e), newURL(e), newEnv(e), newCtl(e), newLogs(e),
		newStop(e), newStart(e), newFreeze(e), newThaw(e), newCertify(e),
		newPublish(e), newConsume(e), newConnect(e), newChurn(e), newDemo(e),
		newLaunch(),
	}
}

func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:   "devbroker",
		Short: "Start real RabbitMQ nodes on loopback",
		Long: `devbroker starts real RabbitMQ nodes for a demo, tests and benchmarks: one node or a cluster, of
several releases, side by side, on 127.0.0.1 only, each with ports, data, logs and a cookie of its own.

A broker is one node or a cluster, and has a name. NAME/2 is its second node. The state of brokers is in
DEVBROKER_STATE, or in ~/.local/state/rabbitctl-devbroker; fetched programs are in DEVBROKER_CACHE, or in the user's
cache folder.

Exit codes: 0 done, 64 wrong usage, 65 no such broker or node, 69 not possible, 75 interrupted, 78 broken
configuration.`,
		Example: `  devbroker up
  devbroker up --release 4.3 --nodes 3
  export RABBITCTL_URL=$(devbroker url)
  devbroker ctl rabbit-4.3-x3/2 -- rabbitmqctl list_queues
  devbroker down --all`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			// cobra does this itself, but after this hook, when an error would no longer be a usage error.
			if err := cmd.ValidateFlagGroups(); err != nil {
				return err
			}
			e.started = true
			return nil
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Use: "no-help", Hidden: true})
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fail.Usagef("%s", firstLine(err.Error())).Next("see %s --help", cmd.CommandPath())
	})
	root.AddCommand(commands(e)...)
	return root
}
