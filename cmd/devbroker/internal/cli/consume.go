package cli

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/traffic"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func newConsume(e *env) *cobra.Command {
	var (
		where     endpointFlags
		c         traffic.Consuming
		reply     replyFlags
		arguments []string
	)
	cmd := &cobra.Command{
		Use:   "consume --queue Q",
		Short: "Consume messages",
		Long: `Consumes from a queue. It prints ready when the broker has registered the consumer. At the end it
prints received N, and acked N, rejected N and requeued N if there were any. If the broker ends the consumer, consume
prints cancelled: TAG or closed: REASON and exits 69.

Consuming ends after --count messages, or after --for, whichever comes first. SIGTERM and SIGINT also end it cleanly.`,
		Example: `  devbroker consume --queue orders --count 7
  devbroker consume --queue orders --never-ack --prefetch 10 --for 1m --consumer-tag stuck
  devbroker consume --queue orders --reject=3 --for 5s`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			flags := cmd.Flags()
			switch {
			case c.Queue == "":
				return fail.Usagef("--queue is needed")
			case flags.Changed("count") && c.Count < 1:
				return fail.Usagef("--count must be above 0, not %d", c.Count)
			case flags.Changed("for") && c.For <= 0:
				return fail.Usagef("--for must be above 0, not %s", c.For)
			case c.Prefetch < 0 || c.Prefetch > 65535:
				return fail.Usagef("--prefetch takes 0 to 65535, not %d", c.Prefetch)
			case c.Slow < 0:
				return fail.Usagef("--slow must not be below 0")
			}
			var err error
			if c.Reply, c.Limit, err = reply.choose(flags); err != nil {
				return err
			}
			if c.Arguments, err = traffic.Arguments(arguments); err != nil {
				return err
			}
			if c.Endpoint, err = where.endpoint(e); err != nil {
				return err
			}
			return c.Run(cmd.Context(), traffic.NewLines(e.out))
		},
	}
	where.add(cmd)
	cmd.Flags().StringVar(&c.Queue, "queue", "", "the queue")
	reply.add(cmd)
	cmd.Flags().IntVar(&c.Prefetch, "prefetch", 0,
		"how many unacknowledged messages the broker may send ahead (default no limit)")
	cmd.Flags().DurationVar(&c.Slow, "slow", 0, "wait that long before each acknowledgement, for example 200ms")
	cmd.Flags().IntVar(&c.Count, "count", 0, "end after that many messages (default no limit)")
	cmd.Flags().DurationVar(&c.For, "for", 30*time.Second, "end after that time")
	cmd.Flags().StringVar(&c.Tag, "consumer-tag", "", "consumer tag (default a generated one)")
	cmd.Flags().BoolVar(&c.Exclusive, "exclusive", false, "be the queue's only consumer")
	cmd.Flags().StringArrayVar(&arguments, "argument", nil,
		"a consumer argument, NAME=VALUE, such as x-priority=10; repeatable")
	cmd.Flags().BoolVar(&c.Verbose, "verbose", false, "print message BODY for each message")
	return cmd
}

// all is the value of --reject and --requeue if they are given without a number.
const all = "all"

// replyFlags are the flags that say how each message is answered.
type replyFlags struct {
	ack, auto, never bool
	reject, requeue  string
}

func (f *replyFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.ack, "ack", false, "acknowledge each message (the default)")
	flags.BoolVar(&f.auto, "no-ack", false, "consume without acknowledgements: a message counts as done when it is sent")
	flags.BoolVar(&f.never, "never-ack", false, "leave every message unacknowledged")
	flags.StringVar(&f.reject, "reject", "",
		"reject messages without requeueing them; =N rejects the first N and acknowledges the rest")
	flags.StringVar(&f.requeue, "requeue", "", "requeue messages; =N requeues the first N and acknowledges the rest")
	flags.Lookup("reject").NoOptDefVal = all
	flags.Lookup("requeue").NoOptDefVal = all
	cmd.MarkFlagsMutuallyExclusive("ack", "no-ack", "never-ack", "reject", "requeue")
}

// choose returns the reply and the number of messages that get it; 0 means all.
func (f *replyFlags) choose(flags *pflag.FlagSet) (reply traffic.Reply, limit int, err error) {
	number := ""
	switch reply = traffic.Ack; {
	case f.auto:
		reply = traffic.AutoAck
	case f.never:
		reply = traffic.NeverAck
	case flags.Changed("reject"):
		reply, number = traffic.Reject, f.reject
	case flags.Changed("requeue"):
		reply, number = traffic.Requeue, f.requeue
	}
	if number == "" || number == all {
		return reply, 0, nil
	}
	limit, err = strconv.Atoi(number)
	if err != nil || limit < 1 {
		return reply, 0, fail.Usagef("--%s takes a number above 0, not %q", reply, number)
	}
	return reply, limit, nil
}
