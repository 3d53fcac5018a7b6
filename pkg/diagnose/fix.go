package diagnose

import (
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Fix is a command to run, or a line to write, on a broker's host.
type Fix struct {
	Node string `json:"node"`
	// What says what the fix does, and for how long.
	What string `json:"what"`
	// Text is the command, or the line of rabbitmq.conf.
	Text string `json:"text"`
	// Sets means that Text is a command that sets a limit at once, Keeps that Text is a line that keeps the limit.
	Sets, Keeps bool `json:"-"`
}

func fixes(f BlockedFacts) []Fix {
	var out []Fix
	for _, alarm := range f.Alarms {
		switch alarm.Resource {
		case "disk":
			out = append(out, diskFixes(alarm.Node, f.Disks)...)
		case "memory":
			out = append(out, memoryFixes(alarm.Node)...)
		default:
			out = append(out, Fix{Node: alarm.Node, What: "see which resource is short",
				Text: "rabbitctl show_node " + alarm.Node})
		}
	}
	return out
}

func diskFixes(node string, disks []health.DiskNode) []Fix {
	limit := "LIMIT"
	out := []Fix{{Node: node, What: "see where the broker's volume is (db_dir, not /) and what is free there",
		Text: "rabbitctl list_nodes name db_dir disk_free"}}
	for _, d := range disks {
		if d.Name == node && d.Free.Known {
			limit = SafeDiskLimit(d.Free.Value)
		}
	}
	if limit == "LIMIT" {
		out = append(out, Fix{Node: node,
			What: "the free space is unknown; a lower LIMIT must be below it, better below half of it",
			Text: "df -h DATA_DIRECTORY"})
	}
	if limit == "" {
		return append(out, Fix{Node: node, What: "free space: there is too little for any lower limit to be safe",
			Text: "du -xsh DATA_DIRECTORY/*"})
	}
	return append(out,
		Fix{Node: node, Sets: true, Text: setDiskFreeLimit(node, limit),
			What: "lower the limit at once" + withCookie + "; freeing space is better)"},
		Fix{Node: node, Keeps: true, Text: "disk_free_limit.absolute = " + limit,
			What: "lower the limit for good, in rabbitmq.conf"})
}

// withCookie says what a command that sets a limit requires. Callers close its parenthesis.
const withCookie = ", on the node's machine with its Erlang cookie (until the node restarts"

// memoryFixes returns fixes that set the watermark to HighestWatermark. The default is 0.4 before 4.0 and 0.6 since
// then, so a smaller value would change nothing on many nodes, or even lower their watermark.
func memoryFixes(node string) []Fix {
	return []Fix{
		{Node: node, What: "see what uses the memory", Text: "rabbitctl memory_breakdown " + node},
		{Node: node, Sets: true, What: "raise the watermark at once" + withCookie + ")",
			Text: fmt.Sprintf("rabbitctl set_vm_memory_high_watermark %v --node %s", HighestWatermark, node)},
		{Node: node, Keeps: true, What: "raise the watermark for good, in rabbitmq.conf",
			Text: fmt.Sprintf("vm_memory_high_watermark.relative = %v", HighestWatermark)},
	}
}

func setDiskFreeLimit(node, limit string) string {
	return "rabbitctl set_disk_free_limit " + limit + " --node " + node
}

// HighestWatermark is the largest share of the machine's memory that RabbitMQ's guides recommend for a node.
const HighestWatermark = 0.7

// RaiseWatermark says why it would do no good, or do harm, to raise the watermark of a node to HighestWatermark; "" if
// it would help. The figures are in bytes: what the node uses, its limit now, and what the machine has.
func RaiseWatermark(used, limit, total float64) string {
	highest := HighestWatermark * total
	switch {
	case limit >= highest:
		return fmt.Sprintf("its limit is already %s, and RabbitMQ's guides recommend at most %v of the %s of its "+
			"machine; with a higher limit the operating system may kill the node", prose.Bytes(limit), HighestWatermark,
			prose.Bytes(total))
	case used > 0.9*highest:
		return fmt.Sprintf("it uses %s of the %s of its machine; even %v, the highest watermark that RabbitMQ's guides recommend, "+
			"would not help for long",
			prose.Bytes(used), prose.Bytes(total), HighestWatermark)
	}
	return ""
}

// SafeDiskLimit returns a round limit between 100MB and 50GB that is at most half of the free space, so that no alarm
// follows within minutes; "" when less than 200 MB are free. free is in bytes.
func SafeDiskLimit(free float64) string {
	for _, gb := range []float64{50, 20, 10, 5, 2, 1} {
		if free >= 2*gb*1e9 {
			return fmt.Sprintf("%gGB", gb)
		}
	}
	for _, mb := range []float64{500, 200, 100} {
		if free >= 2*mb*1e6 {
			return fmt.Sprintf("%gMB", mb)
		}
	}
	return ""
}
