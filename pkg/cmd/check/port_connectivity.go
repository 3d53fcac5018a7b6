package check

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkPortConnectivity() verb.Check {
	return verb.Check{
		Name:  "check_port_connectivity",
		Short: "Check that each port of the answering node takes connections from here",
		Long: `Check that this host can connect to each port of the node that answers. Nothing is sent. A port that takes
no connection from here is CRITICAL. From another host, this includes ports that listen on the loopback interface
only. If the node reports no port, the check is UNKNOWN. It needs the tag monitoring.`,
		Example: "  rabbitctl check_port_connectivity --host rabbit-1.example.com",
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			node, listeners, err := survey.Listeners(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			ask.Waiting("connecting to %d listeners of %s", len(listeners), node)
			errs := make([]error, len(listeners))
			var wait sync.WaitGroup
			for i, l := range listeners {
				wait.Go(func() { errs[i] = l.Connect(ctx, c) })
			}
			wait.Wait()
			var broken []string
			for i, err := range errs {
				if err != nil {
					broken = append(broken, listeners[i].Protocol+": "+err.Error())
				}
			}
			r := verb.Report{Result: health.Result{Summary: fmt.Sprintf("all %d listeners of %s can be connected to",
				len(listeners), node)}}
			switch {
			case len(listeners) == 0:
				r.Status, r.Summary = health.Unknown, node+" reports no listener"
			case len(broken) > 0:
				r.Status, r.Summary = health.Critical, strings.Join(broken, "; ")
			}
			return r, nil
		},
	}
}
