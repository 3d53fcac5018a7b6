package personality

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/metrics"
)

// sizeNames returns the official names of the buckets. The keys are the upper limits of the buckets in the metrics, in
// bytes.
func sizeNames() map[string]string {
	return map[string]string{
		"100": "below 100B", "1000": "between 100B and 1KB", "10000": "between 1KB and 10KB",
		"100000":  "between 10KB and 100KB",
		"1000000": "between 100KB and 1MB", "10000000": "between 1MB and 10MB", "50000000": "between 10MB and 50MB",
		"100000000": "between 50MB and 100MB", "+Inf": "above 100MB",
	}
}

// sizeCommands returns the commands about the sizes of messages.
func sizeCommands() []command {
	return []command{{
		name: "message_size_stats", seconds: 60,
		banner: say("Gathering message size statistics across the cluster using node %s ..."),
		run: func(ctx context.Context, c *call) (answer, error) {
			buckets, err := metrics.MessageSizes(ctx, c.client)
			if broker.IsNotOffered(err) {
				return answer{}, no(fail.Unavailable, "RabbitMQ %s does not count messages by size",
					c.overview.At("rabbitmq_version").Text())
			}
			if err != nil {
				return answer{}, err
			}
			total := int64(0)
			for _, b := range buckets {
				total += b.Count
			}
			t := &table{names: []string{"Message Size", "Count", "Percentage"}}
			for _, b := range buckets {
				name, ok := sizeNames()[b.Limit]
				if !ok {
					name = "up to " + b.Limit + " bytes"
				}
				share := fmt.Sprintf("%.2f", 100*float64(b.Count)/float64(max(total, 1)))
				t.rows = append(t.rows, []erlang.Term{erlang.Binary(name), erlang.Int(b.Count), erlang.Binary(share)})
			}
			return answer{table: t, format: "pretty_table"}, nil
		},
	}}
}
