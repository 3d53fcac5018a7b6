package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Nodes lists the nodes of the cluster, running or not.
func Nodes(ctx context.Context, c *broker.Client) ([]health.Node, error) {
	return listed(ctx, c, (*broker.Client).Nodes, bindNode)
}

func bindNode(b *record.Binder, n *health.Node) {
	b.Text("name", &n.Name)
	b.Flag("running", &n.Running)
	reading(b, "disk_free", &n.DiskFree)
	reading(b, "disk_free_limit", &n.DiskLimit)
	b.Flag("disk_free_alarm", &n.DiskFlagged)
	reading(b, "mem_used", &n.MemoryUsed)
	reading(b, "mem_limit", &n.MemoryLimit)
	b.Flag("mem_alarm", &n.MemoryFlagged)
	reading(b, "fd_used", &n.FilesUsed)
	reading(b, "fd_total", &n.FilesTotal)
	reading(b, "sockets_used", &n.SocketsUsed)
	reading(b, "sockets_total", &n.SocketsTotal)
	reading(b, "proc_used", &n.ProcessesUsed)
	reading(b, "proc_total", &n.ProcessesTotal)
	b.Texts("partitions", &n.Partitions)
	reading(b, "uptime", &n.Uptime)
	b.Text("rates_mode", &n.RatesMode)
	b.Text("db_dir", &n.DataDir)
}

// Reading turns a value of the API, which need not be a number, into a reading.
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
