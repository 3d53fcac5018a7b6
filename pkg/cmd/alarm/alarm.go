// Package alarm has the commands about resource alarms: the disk, the memory, and why publishers are stopped.
package alarm

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands are this noun's commands, in the order of the help.
func Commands() []verb.Command { return []verb.Command{checkAlarms(), checkDisk(), explainBlocked()} }

// alarms asks for the alarms in effect, in the words of package health.
func alarms(ctx context.Context, c *broker.Client) ([]health.Alarm, error) {
	found, err := c.Alarms(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]health.Alarm, len(found))
	for i, a := range found {
		out[i] = health.Alarm(a)
	}
	return out, nil
}

// node is what the node listing says of one node.
type node struct {
	disk             health.DiskNode
	memUsed, memHigh health.Reading
}

func nodes(ctx context.Context, c *broker.Client) ([]node, error) {
	columns := []record.Column{{Name: "name"}, {Name: "running"}, {Name: "disk_free"}, {Name: "disk_free_limit"},
		{Name: "disk_free_alarm"}, {Name: "mem_used"}, {Name: "mem_limit"}}
	var out []node
	for row, err := range c.Nodes(ctx, columns) {
		if err != nil {
			return nil, err
		}
		n := node{
			disk:    health.DiskNode{Name: row[0].Text(), Free: reading(row[2]), Limit: reading(row[3])},
			memUsed: reading(row[5]), memHigh: reading(row[6]),
		}
		n.disk.Running, _ = row[1].Bool()
		n.disk.Flagged, _ = row[4].Bool()
		out = append(out, n)
	}
	return out, nil
}

// reading is a figure that need not be a number.
func reading(v record.Value) health.Reading {
	n, ok := v.Number()
	return health.Reading{Value: n, Known: ok, Raw: v.Text()}
}

// figure is the value that a reading is shown as.
func figure(r health.Reading) record.Value {
	switch {
	case r.Known:
		return record.Of(int64(r.Value))
	case r.Raw != "":
		return record.Of(r.Raw)
	}
	return nil
}
