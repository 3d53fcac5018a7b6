package check

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkFileDescriptors() verb.Check {
	var in inUse
	return verb.Check{
		Name:  "check_file_descriptors",
		Short: "Check each node's file descriptors in use against what it may open",
		Long: `Check each node's file descriptors in use against what it may open; a node without any left takes no more
connections. Sockets are judged by the same limits on releases that count them: 4.0 and later do not, and report a
total of 0. A node that does not run is UNKNOWN. The figures can be ten seconds old. The check needs the tag
monitoring.

Above --warning a node is WARNING, above --critical CRITICAL. A limit is a share of what the node may open (80%) or a
number (50000); 0 switches it off.`,
		Example: `  rabbitctl check_file_descriptors
  rabbitctl check_file_descriptors --warning 70% --critical 90%`,
		Flags:    func(fs *pflag.FlagSet) { in.flags(fs, "80%", "95%") },
		Validate: in.validate,
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			listed, err := survey.Nodes(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			var nodes []health.DescriptorNode
			for _, n := range listed {
				nodes = append(nodes, n.Descriptors())
			}
			return verb.Report{Result: health.FileDescriptors(nodes, in.limits)}, nil
		},
	}
}
