package metrics

import "github.com/rabbitctl/rabbitctl/pkg/record"

// metric returns the name of the metric for a column of queues, without the common prefix, and the family of that
// metric. It returns "" for columns whose metrics have other values (head_message_timestamp of a queue without
// messages) or are not whole numbers. Metrics without a column in the API are left out.
func metric(column string) (name, family string) {
	switch column {
	case "messages":
		return "messages", "queue_coarse_metrics"
	case "messages_ready":
		return "messages_ready", "queue_coarse_metrics"
	case "messages_unacknowledged":
		return "messages_unacked", "queue_coarse_metrics"
	case "consumers":
		return "consumers", "queue_consumer_count"
	case "messages_ram", "messages_ready_ram", "messages_persistent", "messages_paged_out":
		return column, "queue_metrics"
	case "messages_unacknowledged_ram":
		return "messages_unacked_ram", "queue_metrics"
	case "message_bytes":
		return "messages_bytes", "queue_metrics"
	case "message_bytes_ready":
		return "messages_ready_bytes", "queue_metrics"
	case "message_bytes_unacknowledged":
		return "messages_unacked_bytes", "queue_metrics"
	case "message_bytes_ram":
		return "messages_ram_bytes", "queue_metrics"
	case "message_bytes_persistent":
		return "messages_persistent_bytes", "queue_metrics"
	case "message_bytes_paged_out":
		return "messages_paged_out_bytes", "queue_metrics"
	case "memory":
		return "process_memory_bytes", "queue_metrics"
	}
	return "", ""
}

// Lacks returns the name of the first column for which there is no metric, or "" if there is no such column. The name,
// the virtual host, constant columns and columns that are always empty need no metric.
func Lacks(columns []record.Column) string {
	for _, c := range columns {
		if name, _ := metric(c.Name); name == "" && c.Name != "name" && c.Name != "vhost" && c.Missing == "" &&
			c.Const == nil {
			return c.Name
		}
	}
	return ""
}
