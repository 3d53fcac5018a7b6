package node

import "github.com/rabbitctl/rabbitctl/pkg/record"

// table is what the API knows of a node; rabbitmqctl has no such listing.
func table() record.Table {
	return record.Table{
		Noun: "nodes",
		Default: []string{"name", "running", "type", "mem_used", "mem_limit", "mem_alarm", "disk_free", "disk_free_limit",
			"disk_free_alarm", "uptime"},
		Spare: []string{"type", "uptime", "mem_limit", "disk_free_limit"},
		Open: []string{"mem_used_details", "disk_free_details", "fd_used_details", "sockets_used_details",
			"proc_used_details",
			"metrics_gc_queue_length", "ra_open_file_metrics"},
		Columns: []record.Column{
			{Name: "name", Kind: record.Text, Help: "the node's name"},
			{Name: "running", Kind: record.Flag, Help: "whether it runs"},
			{Name: "type", Kind: record.Text, Help: "disc or ram"},
			{Name: "mem_used", Kind: record.Bytes, Help: "memory in use"},
			{Name: "mem_limit", Kind: record.Bytes, Help: "memory use that raises the memory alarm"},
			{Name: "mem_alarm", Kind: record.Flag, Help: "whether the memory alarm is raised"},
			{Name: "disk_free", Kind: record.Bytes, Help: "free space on the volume of its data directory"},
			{Name: "disk_free_limit", Kind: record.Bytes, Help: "free space below which the disk alarm is raised"},
			{Name: "disk_free_alarm", Kind: record.Flag, Help: "whether the disk alarm is raised"},
			{Name: "uptime", Kind: record.Millis, Help: "for how long it has been running"},
			{Name: "fd_used", Kind: record.Count, Help: "file descriptors in use"},
			{Name: "fd_total", Kind: record.Count, Help: "file descriptors that it may open"},
			{Name: "sockets_used", Kind: record.Count, Help: "sockets in use (always 0 since 4.0)"},
			{Name: "sockets_total", Kind: record.Count, Help: "sockets that it may open (always 0 since 4.0)"},
			{Name: "proc_used", Kind: record.Count, Help: "Erlang processes"},
			{Name: "proc_total", Kind: record.Count, Help: "Erlang processes that it may start"},
			{Name: "run_queue", Kind: record.Count, Help: "Erlang processes that wait for a core"},
			{Name: "processors", Kind: record.Count, Help: "cores that it uses"},
			{Name: "partitions", Kind: record.List, Help: "nodes that it was cut off from (always empty since 4.3)"},
			{Name: "being_drained", Kind: record.Flag, Help: "whether it is in maintenance"},
			{Name: "os_pid", Kind: record.Text, Help: "the process identifier on its host"},
			{Name: "rates_mode", Kind: record.Text, Help: "how detailed its statistics are"},
			{Name: "net_ticktime", Kind: record.Seconds, Help: "after how long the other nodes treat a silent node as down"},
			{Name: "mem_calculation_strategy", Kind: record.Text, Help: "how memory in use is measured"},
			{Name: "enabled_plugins", Kind: record.List, Help: "plugins that were enabled explicitly"},
			{Name: "db_dir", Kind: record.Text, Help: "its data directory"},
			{Name: "config_files", Kind: record.List, Help: "the configuration files that it read"},
			{Name: "log_files", Kind: record.List, Help: "the files that it logs to"},
			{Name: "connection_created", Kind: record.Count, Help: "connections opened since it started"},
			{Name: "connection_closed", Kind: record.Count, Help: "connections closed since it started"},
		},
	}
}
