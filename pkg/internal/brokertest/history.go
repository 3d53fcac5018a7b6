package brokertest

import (
	"fmt"
	"strings"
)

// AskHistory asks for the samples of free disk space that the broker keeps of the last hour, and AskPublished for those
// of published messages.
const (
	AskHistory   = "GET /api/nodes?columns=name%2Cdisk_free_details.samples&node_stats_age=3600&node_stats_incr=60"
	AskPublished = "GET /api/overview?columns=message_stats.publish_details.samples%2Cdisable_stats&msg_rates_age=3600&msg_rates_incr=60"
)

// DiskHistory returns the answer to AskHistory for one node. free are its figures of free disk space in bytes, one for
// each minute, the oldest first. As in a broker's answer, the samples have the newest first, and zeros for the time
// before the node started.
func DiskHistory(node string, free ...float64) string {
	return fmt.Sprintf(`[{"name":%q,"disk_free_details":{"rate":0.0,"samples":%s}}]`, node, samples(free))
}

// Published returns the answer to AskPublished. counts are the numbers of messages published since the start, one
// figure for each minute, the oldest first.
func Published(counts ...float64) string {
	return fmt.Sprintf(`{"message_stats":{"publish_details":{"samples":%s}}}`, samples(counts))
}

func samples(figures []float64) string {
	const began = 1772600760000
	all := []string{fmt.Sprintf(`{"sample":0,"timestamp":%d}`, began-60000)}
	for i, f := range figures {
		all = append([]string{fmt.Sprintf(`{"sample":%.0f,"timestamp":%d}`, f, began+i*60000)}, all...)
	}
	return "[" + strings.Join(all, ",") + "]"
}

// Falling returns eleven figures that fall by step and end with last.
func Falling(last, step float64) []float64 {
	var all []float64
	for i := 10; i >= 0; i-- {
		all = append(all, last+float64(i)*step)
	}
	return all
}
