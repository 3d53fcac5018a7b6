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

// Reading makes a reading of a value of the API, which may be something other than a number.
func Reading(v record.Value) health.Reading {
	if n, ok := v.Number(); ok {
		return health.Reading{Value: n, Known: true}
	}
	return health.Reading{Raw: v.Text()}
}

// Figure returns the value by which a reading is shown: a whole number, the text that was sent instead of a number, or
// an absent value.
func Figure(r health.Reading) record.Value {
	switch {
	case r.Known:
		return record.Of(int64(r.Value))
	case r.Raw != "":
		return record.Of(r.Raw)
	}
	return nil
}
