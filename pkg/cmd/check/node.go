package check

import (
	"context"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// nodeAsk has what the command line of check_node says, and the function away.
type nodeAsk struct {
	// node is the node to check; "" for the node that answers.
	node      string
	alarms    bool
	protocols []string
	// away asks the node itself over Erlang distribution, if the management API does not answer and an option, a variable
	// or the context gives the Erlang cookie. reason is the error of the API. The bool says whether the node has answered.
	// With --node, liveness and readiness do not call away.
	away func(ctx context.Context, reason error) (verb.Away, bool, error)
}

// purpose is one value of --for, with the function that checks a node for this purpose.
type purpose struct {
	name string
	// judge asks the broker, and returns the verdict.
	judge func(ctx context.Context, c *broker.Client, ask nodeAsk) (verb.Report, error)
}

func purposes() []purpose {
	return []purpose{{"liveness", liveness}, {"readiness", readiness}, {"pager", pager}, {"upgrade", upgrade}}
}

func checkNode() verb.Check {
	var what string
	var ask nodeAsk
	var chosen purpose
	return verb.Check{
		Name:  "check_node",
		Short: "Check a node for one purpose: liveness, readiness, pager or upgrade",
		Long: `Check a node for one purpose. Each purpose looks only at what matters for it:

liveness   the node's API answers. A failure means: restart it. Alarms, partitions and queues are left out, since a restart
           cures none of them. A refused password counts as an answer. Over HTTP a node that still boots, or whose
           application was stopped, looks like one that is gone: let a probe begin after the boot.
readiness  the application runs, is not in maintenance, and listens for AMQP, or with --protocol for the given
           protocols in place of AMQP. A failure means: send it no clients. Alarms are left out, because consumers must
           be able to connect and drain the queues that caused them; --with-alarms counts those of the node. Other nodes
           and queues are left out.
pager      alarms on any node, nodes that do not run, partitions, queues without a majority. A failure means: wake a
           person. Resources near their limit are left out: check_disk, check_queues and others judge them.
upgrade    nodes and partitions as for pager, and queues and components (such as the metadata store) that would lose
           their majority without this node. A failure means: do not stop this node now. WARNING, which is no failure:
           a queue has members that are not online, a node is in maintenance, a stable feature flag is off, or a
           deprecated feature is in use. Queues with a single member are listed, but do not count, since waiting does
           not help. Alarms are left out.

A failure is CRITICAL.

If the management API does not answer, the check is CRITICAL, too, with two exceptions. The first: with --node,
liveness and readiness are UNKNOWN. The second: if a variable or the context gives the Erlang cookie, a check
without --node asks the node itself over Erlang distribution whether RabbitMQ runs on it (rabbitctl help
transports). If RabbitMQ runs, liveness is OK, and readiness and pager are UNKNOWN, because the check cannot see
the rest. If RabbitMQ does not run or the node cannot be asked, the check is CRITICAL; upgrade is CRITICAL in
any case.

check_node checks the node that answers. With --node it checks another node, as the node that answers sees it. If
the broker's release lacks one of the health checks that a purpose needs, the output names that health check. If
other requests can replace it, the check uses them; otherwise it judges without it. The check needs the tag monitoring, except liveness without --node;
upgrade on 3.10 needs the tag administrator.`,
		Example: `  rabbitctl check_node --for liveness
  rabbitctl check_node --for readiness
  rabbitctl check_node --for pager
  rabbitctl check_node --for upgrade --node rabbit@b`,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringVar(&what, "for", "", "the `PURPOSE`: liveness, readiness, pager or upgrade")
			verb.Words(fs, "for", "liveness", "readiness", "pager", "upgrade")
			fs.StringVar(&ask.node, "node", "", "the `NODE` (default: the node that answers; not with pager, which checks all)")
			fs.BoolVar(&ask.alarms, "with-alarms", false, "readiness: fail if the node has an alarm")
			fs.StringArrayVar(&ask.protocols, "protocol", nil,
				"readiness: the node must listen for this `PROTOCOL`, a name that rabbitctl listeners shows; if "+
					"repeated, for all of them (default: amqp or amqp/ssl)")
		},
		Validate: func(verb.Ask) error {
			var names []string
			for _, p := range purposes() {
				if names = append(names, p.name); p.name == what {
					chosen = p
				}
			}
			switch {
			case what == "":
				return fail.Usagef("--for is missing").Next("purposes: %s", strings.Join(names, " "))
			case chosen.name != what:
				return fail.Usagef("--for %q is not a purpose%s", what, fail.DidYouMean(what, names)).
					Next("purposes: %s", strings.Join(names, " "))
			case what != "readiness" && (ask.alarms || len(ask.protocols) > 0):
				return fail.Usagef("--with-alarms and --protocol go with --for readiness only")
			case what == "pager" && ask.node != "":
				return fail.Usagef("--for pager is about all nodes").Next("leave out --node")
			}
			return nil
		},
		Run: func(ctx context.Context, c *broker.Client, from verb.Ask) (verb.Report, error) {
			asked := ask // a copy: with --contexts this function runs for several brokers at once
			asked.away = from.Away
			return chosen.judge(ctx, c, asked)
		},
	}
}
