package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Nodes lists the nodes of the cluster, running or not.
func Nodes(ctx context.Context, c *broker.Client) ([]health.Node, error) {
	var out []health.Node
	err := each(c.Nodes(ctx, nodeColumns()), func(row record.Row) { out = append(out, node(row)) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

func nodeColumns() []record.Column {
	return named("name", "running", "disk_free", "disk_free_limit", "disk_free_alarm", "mem_used", "mem_limit", "mem_alarm",
		"fd_used", "fd_total", "sockets_used", "sockets_total", "proc_used", "proc_total", "partitions", "uptime", "rates_mode", "db_dir")
}

func node(row record.Row) health.Node {
	n := health.Node{
		Name: row[0].Text(), DiskFree: Reading(row[2]), DiskLimit: Reading(row[3]), MemoryUsed: Reading(row[5]), MemoryLimit: Reading(row[6]),
		FilesUsed: Reading(row[8]), FilesTotal: Reading(row[9]), SocketsUsed: Reading(row[10]), SocketsTotal: Reading(row[11]),
		ProcessesUsed: Reading(row[12]), ProcessesTotal: Reading(row[13]), Uptime: Reading(row[15]), RatesMode: row[16].Text(), DataDir: row[17].Text(),
	}
	n.Running, _ = row[1].Bool()
	n.DiskFlagged, _ = row[4].Bool()
	n.MemoryFlagged, _ = row[7].Bool()
	row[14].Each(func(v record.Value) { n.Partitions = append(n.Partitions, v.Text()) })
	return n
}

// Reading is a figure of the API, which need not be a number.
func Reading(v record.Value) health.Reading {
	if n, ok := v.Number(); ok {
		return health.Reading{Value: n, Known: true}
	}
	return health.Reading{Raw: v.Text()}
}

// Figure is the value that a reading is shown as: a whole number, what was sent instead, or absent.
func Figure(r health.Reading) record.Value {
	switch {
	case r.Known:
		return record.Of(int64(r.Value))
	case r.Raw != "":
		return record.Of(r.Raw)
	}
	return nil
}
