package cli

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func newDown(e *env) *cobra.Command {
	var all, keepData bool
	cmd := &cobra.Command{
		Use:   "down [NAME...]",
		Short: "Stop brokers and remove their data",
		Long: `Stops the nodes and the epmd of the brokers, and removes their folders. It stops only processes that
devbroker started and recorded, also those of a killed devbroker up. A broker that does not exist is not an error.

Without a name it stops the only broker. Fetched programs stay in the cache folder.`,
		Example: `  devbroker down
  devbroker down rabbit-4.0 rabbit-4.3
  devbroker down --all
  devbroker down rabbit-3.10 --keep-data`,
		RunE: func(cmd *cobra.Command, names []string) error {
			if all && len(names) > 0 {
				return fail.Usagef("--all takes no names")
			}
			for _, name := range names {
				if err := state.CheckName(name); err != nil {
					return err
				}
			}
			progress := newProgress(e.err)
			defer progress.stop()
			engine, err := e.engine(progress.step)
			if err != nil {
				return err
			}
			if len(names) == 0 {
				there, err := engine.Store.Names()
				if err != nil {
					return err
				}
				if !all && len(there) > 1 {
					return fail.Usagef("there are several brokers, %v: name one", there).Next("devbroker down --all stops all of them")
				}
				names = there
			}
			var failed error
			for _, name := range names {
				if err := engine.Down(cmd.Context(), name, keepData); err != nil {
					failed = cmp.Or(failed, err) // go on and end the other brokers
					continue
				}
				if _, err := fmt.Fprintf(e.out, "%s is down\n", name); err != nil {
					return err
				}
			}
			return failed
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "every broker")
	cmd.Flags().BoolVar(&keepData, "keep-data", false,
		"shut the nodes down cleanly and keep their folders; devbroker up starts them again")
	return cmd
}
