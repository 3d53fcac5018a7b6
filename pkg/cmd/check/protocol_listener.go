package check

import (
	"context"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkProtocolListener() verb.Check {
	return verb.Check{
		Name:  "check_protocol_listener",
		Short: "Check that the node that answers listens for a protocol",
		Long: `Check that the node that answers listens for a protocol, for example amqp, amqps, mqtt, mqtts, stomp, stream,
http, https or clustering. If it does not, the check is CRITICAL. amqp and amqps are different listeners.`,
		Example: "  rabbitctl check_protocol_listener amqps",
		Args:    []verb.Arg{{Name: "PROTOCOL", Free: true}},
		Validate: func(ask verb.Ask) error {
			switch protocol := ask.Args[0]; {
			case strings.Contains(protocol, ","):
				return fail.Usagef("%q: one protocol at a time", protocol)
			case !broker.Addressable(protocol):
				return fail.Usagef("%q is not a protocol", protocol)
			}
			return nil
		},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			protocol := ask.Args[0]
			return asked(ctx, c, "the node that answers listens for "+protocol, func(a broker.Answer) string {
				var protocols []string
				a.Body.At("protocols").Each(func(v record.Value) { protocols = append(protocols, v.Text()) })
				return fmt.Sprintf("the node that answers does not listen for %s, but for %s", protocol, orNothing(protocols))
			}, "protocol-listener", protocol)
		},
	}
}

func orNothing(words []string) string {
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}
