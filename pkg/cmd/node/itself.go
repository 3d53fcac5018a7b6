package node

import (
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// itself returns the status that a node reports about itself, and the members of its cluster that the node knows.
func itself(n survey.Itself) record.Document {
	field := func(name string, v record.Value) record.Field {
		return record.Field{Column: record.Column{Name: name}, Value: v}
	}
	d := record.Document{record.Fields("", field("node", record.Of(n.Name)), field("running", record.Of(n.Running)),
		field("booting", record.Of(n.Booting)),
		field("rabbitmq_version", record.Of(n.Version)))}
	if !n.Running {
		return d
	}
	alarms := record.Section{Name: "alarms", Columns: []record.Column{{Name: "node"}, {Name: "resource"}}}
	for _, a := range n.Alarms {
		alarms.Rows = append(alarms.Rows, record.Row{record.Of(a.Node), record.Of(a.Resource)})
	}
	nodes := record.Section{Name: "nodes", Columns: []record.Column{{Name: "name"}, {Name: "running", Kind: record.Flag},
		{Name: "mem_used", Kind: record.Bytes}, {Name: "mem_limit", Kind: record.Bytes},
		{Name: "disk_free", Kind: record.Bytes}, {Name: "disk_free_limit", Kind: record.Bytes}}}
	for _, name := range n.Members {
		var used, limit, free, least record.Value
		if name == n.Name {
			used, limit = survey.Figure(n.MemoryUsed), survey.Figure(n.MemoryLimit)
			free, least = survey.Figure(n.DiskFree), survey.Figure(n.DiskLimit)
		}
		nodes.Rows = append(nodes.Rows, record.Row{record.Of(name), record.Of(!slices.Contains(n.Silent, name)), used, limit,
			free, least})
	}
	return append(d, alarms, nodes)
}
