package await

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// ready is the command that waits for a node. It has none of the command types of package verb: it only prints that the
// node is ready, and its exit codes are not those of a check.
type ready struct{}

// Title returns the name of the command and the line about it.
func (ready) Title() (name, short string) {
	return "await_ready", "Wait until a node accepts clients"
}

// Cobra returns the command.
func (r ready) Cobra(a *app.App) *cobra.Command {
	var ask survey.ReadyAsk
	var interval time.Duration
	name, short := r.Title()
	cmd := &cobra.Command{
		Use:   name,
		Short: short,
		Long: `Wait until a node accepts clients, as check_node --for readiness judges it. You can run it before the node
has started: it waits until the application runs, is not in maintenance, and listens for AMQP, or with --protocol for
the given protocols in place of AMQP. Alarms do not keep a node from being ready. The user needs the tag monitoring.

It waits at most for the time of --timeout (default 60s; infinity waits forever). It goes on when the password
is refused or the user lacks the tag, since users may be imported at boot. It also goes on when a gateway sends
an error page (502, 503, 504), and prints a note about the first one. It gives up if five answers in a row do
not come from a management API (a login page, a redirect, another protocol; exit code 69) or cannot be read
(exit code 65). The exit code is 0 when the node is ready. It is 75 when the time is over; the error then says
what the last state was.`,
		Example: `  rabbitctl await_ready && ./run-tests
  rabbitctl await_ready --timeout 5m --protocol mqtt
  rabbitctl await_ready --node rabbit@b`,
		Args: verb.Exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkInterval(interval); err != nil {
				return err
			}
			client, err := a.Broker()
			if err != nil {
				return err
			}
			w := waiting{app: a, client: client, interval: interval, patience: 5 * time.Second, until: client.BaseURL() +
				" is not ready"}
			deaf := "" // the last summary that only listeners are missing
			word, err := w.poll(cmd.Context(), func(ctx context.Context) (bool, string, error) {
				facts, _, err := survey.Ready(ctx, client, ask)
				if err != nil {
					return false, "", err
				}
				r := health.Ready(facts)
				if r.Status != health.OK {
					if lacksOnlyListeners(facts) {
						deaf = r.Summary
					}
					return false, r.Summary, nil
				}
				return true, facts.Node + ": " + r.Summary, nil
			})
			if deaf != "" && fail.KindOf(err) == fail.Timeout && strings.HasSuffix(err.Error(), deaf) {
				// Perhaps the node is configured without a listener for the protocol. Then it does not help to wait longer.
				return fail.New(fail.Timeout, "%w", err).Advise(fail.HintOf(err).
					Say("rabbitctl listeners shows what the node listens for; --protocol chooses another protocol"))
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.IO.Out, "ready: "+render.Escape(word))
			return err
		},
	}
	cmd.Flags().StringVar(&ask.Node, "node", "",
		"the `NODE` to wait for, as the node that answers reports it; default: the node that answers")
	cmd.Flags().StringArrayVar(&ask.Protocols, "protocol", nil,
		"the node must listen for this `PROTOCOL`, a name that rabbitctl listeners shows; if repeated, for all of "+
			"them (default: for amqp or amqp/ssl)")
	intervalFlag(cmd, &interval)
	return cmd
}

// lacksOnlyListeners reports whether a node that is not ready would be ready if it listened for the protocols.
func lacksOnlyListeners(facts health.ReadyFacts) bool {
	facts.Refuses = "" // the node's own check also counts the listeners
	facts.Listeners = slices.Clip(facts.Listeners)
	for _, p := range append([]string{"amqp"}, facts.Protocols...) {
		facts.Listeners = append(facts.Listeners, health.Listener{Protocol: p})
	}
	return health.Ready(facts).Status == health.OK
}
