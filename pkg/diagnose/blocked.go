// Package diagnose turns facts about a broker into findings: what is wrong, the evidence, who is affected, and what to
// do. It sends no requests: callers pass the facts in.
package diagnose

import (
	"fmt"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Connection is what the connection listing says of one client. It can be five seconds old.
type Connection struct {
	Name string // "127.0.0.1:41544 -> 127.0.0.1:5672"
	// App is the connection_name that the program sent, otherwise its product; "" when it sent neither.
	App   string
	User  string
	VHost string
	Peer  string // host:port
	// State is "blocked" for a connection that published under an alarm and is no longer read from, "blocking" for
	// one that would be at its next publish, "flow" for one that is throttled without an alarm; "" when not known yet.
	State string
	// Connected is when the connection was opened; zero when not known.
	Connected time.Time
}

// BlockedFacts are what Blocked judges.
type BlockedFacts struct {
	Alarms []health.Alarm
	Disks  []health.DiskNode
	// Trends say how the free space of nodes develops, by node.
	Trends      map[string]health.DiskTrend
	Memory      []health.MemoryNode
	Connections []Connection
	// Running is how many connections are listed as running although an alarm would block them: the listing is older
	// than the alarm.
	Running int
	// Blind says why the connections could not be listed; "" when they could.
	Blind string
	// Unlisted says why the nodes could not be listed; "" when they could.
	Unlisted string
}

// Fix is something to run or write on a broker's host.
type Fix struct {
	Node string `json:"node"`
	// What says what it does, and for how long.
	What string `json:"what"`
	// Text is the command, or the line of rabbitmq.conf.
	Text string `json:"text"`
	// Sets means that the command sets a limit at once, Keeps that the line keeps it.
	Sets, Keeps bool `json:"-"`
}

// BlockedAnswer is why sending does or does not work.
type BlockedAnswer struct {
	// Stopped means that an alarm stops the publishers.
	Stopped bool
	// Silent are nodes that do not run or do not answer, so that it is not known whether they have an alarm.
	Silent  []string
	Verdict string
	Disks   []health.DiskVerdict
	// Blocked are the connections that published and are blocked; Blocking are those that would be at their next
	// publish.
	Blocked, Blocking []Connection
	// Throttled are connections in flow control, which no alarm causes.
	Throttled []Connection
	// Soon are disks whose free space falls so fast that an alarm is near.
	Soon []string
	// Misleading are observations that seem to prove that publishing works, or that it does not.
	Misleading []string
	Fixes      []Fix
}

// Fresh tells whether the alarm is so young that the listings do not show it yet: asking again in some seconds will
// show who is stuck.
func (f BlockedFacts) Fresh() bool {
	if len(f.Alarms) == 0 {
		return false
	}
	if f.Running > 0 {
		return true
	}
	for _, c := range f.Connections {
		if c.State == "blocked" {
			return false
		}
	}
	_, disks := health.Disk(health.DiskFacts{Alarms: f.Alarms, Nodes: f.Disks}, health.DiskLimits{})
	for _, d := range disks {
		if d.Stale {
			return true
		}
	}
	return false
}

// Blocked explains whether publishers are stopped, by what, who is, and what to do on which host.
func Blocked(f BlockedFacts) BlockedAnswer {
	_, disks := health.Disk(health.DiskFacts{Alarms: f.Alarms, Nodes: f.Disks, Trends: f.Trends},
		health.DiskLimits{Horizon: AlarmAhead()})
	a := BlockedAnswer{Stopped: len(f.Alarms) > 0, Disks: disks}
	for _, c := range f.Connections {
		switch c.State {
		case "blocked":
			a.Blocked = append(a.Blocked, c)
		case "blocking":
			a.Blocking = append(a.Blocking, c)
		case "flow":
			a.Throttled = append(a.Throttled, c)
		}
	}
	if a.Stopped {
		a.Verdict = "publishers are stopped on all nodes: " + health.AlarmWords(f.Alarms)
		a.Misleading = misleadingUnderAlarm(f, a)
		a.Fixes = fixes(f)
		return a
	}
	for _, d := range disks {
		if !d.Running {
			a.Silent = append(a.Silent, d.Name)
		}
	}
	a.Verdict = "no alarm is in effect, so the broker stops no publisher"
	if len(a.Silent) > 0 {
		a.Verdict = health.NoAlarmKnown(a.Silent) + "; whether publishers are stopped is not known"
	}
	if n := len(a.Blocked) + len(a.Blocking); n > 0 {
		a.Misleading = append(a.Misleading, fmt.Sprintf(
			"%s still listed as blocked or blocking: that listing can be 5 s older than the end of the alarm",
			prose.Plural(n, "connection is", "connections are")))
	}
	if n := len(a.Throttled); n > 0 {
		a.Misleading = append(a.Misleading, fmt.Sprintf(
			"%s in flow control: slowed down because queues or disks cannot keep up, not stopped by an alarm",
			prose.Plural(n, "connection is", "connections are")))
	}
	for _, d := range disks {
		switch {
		case !d.Running:
		case d.AlarmIn.Known && d.Status != health.OK:
			a.Soon = append(a.Soon, d.Text)
		case d.Status == health.Unknown || d.Status == health.Critical:
			a.Misleading = append(a.Misleading, d.Text)
		}
	}
	return a
}

func misleadingUnderAlarm(f BlockedFacts, a BlockedAnswer) []string {
	lines := []string{
		"publishing over HTTP or from the web UI still works, and the aliveness test says ok: neither proves that clients can publish",
		"clients get no error: without publisher confirms their messages wait unseen, with confirms they time out",
		"consumers still get messages, and declaring queues works",
	}
	for _, d := range a.Disks {
		if d.Stale {
			lines = append(lines,
				fmt.Sprintf("the node listing shows %s with %s free and a limit of %s: it is older than the alarm", d.Name,
					d.Free.Bytes(), d.Limit.Bytes()))
		}
	}
	if f.Running > 0 {
		lines = append(lines, fmt.Sprintf("%s still listed as running: that is older than the alarm", prose.Plural(f.Running,
			"connection is", "connections are")))
	}
	if len(a.Blocked) == 0 && f.Blind == "" {
		lines = append(lines,
			"no connection is listed as blocked: the listing can be 5 s old, and a client is blocked only once it publishes")
	}
	return lines
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
			out = append(out, Fix{Node: alarm.Node, What: "see what is short", Text: "rabbitctl show_node " + alarm.Node})
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

// withCookie is what a command needs that sets a limit.
const withCookie = ", on the node's machine with its Erlang cookie (until the node restarts"

// memoryFixes name the highest watermark: the default is 0.4 before 4.0 and 0.6 since, so that less would change nothing
// on many nodes, or lower the watermark.
func memoryFixes(node string) []Fix {
	return []Fix{
		{Node: node, What: "see what uses the memory", Text: "rabbitctl memory_breakdown " + node},
		{Node: node, Sets: true, What: "raise the watermark at once" + withCookie + ")",
			Text: fmt.Sprintf("rabbitctl set_vm_memory_high_watermark %v --node %s", HighestWatermark, node)},
		{Node: node, Keeps: true, What: "raise the watermark for good, in rabbitmq.conf",
			Text: fmt.Sprintf("vm_memory_high_watermark.relative = %v", HighestWatermark)},
	}
}

// setDiskFreeLimit is the command for it.
func setDiskFreeLimit(node, limit string) string {
	return "rabbitctl set_disk_free_limit " + limit + " --node " + node
}

// HighestWatermark is the largest share of the machine's memory that RabbitMQ's guides recommend for a node.
const HighestWatermark = 0.7

// RaiseWatermark says why it would not help, or do harm, to raise the watermark of a node to the highest one; "" where
// it helps. The figures are bytes: what the node uses, its limit now, and what the machine has.
func RaiseWatermark(used, limit, total float64) string {
	highest := HighestWatermark * total
	switch {
	case limit >= highest:
		return fmt.Sprintf("its limit is %s already, %v or more of the %s of its machine; with a higher one the system may end "+
			"the node", prose.Bytes(limit), HighestWatermark, prose.Bytes(total))
	case used > 0.9*highest:
		return fmt.Sprintf("it uses %s of the %s of its machine, too much for a watermark of %v to help for long",
			prose.Bytes(used), prose.Bytes(total), HighestWatermark)
	}
	return ""
}

// SafeDiskLimit is a round limit of at most half of the free space, so that no alarm follows within minutes; "" when the
// free space is too small for that.
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

// AppName is how a client calls itself in its client properties: the connection name that the program chose, else the
// name of its library, else "".
func AppName(properties map[string]any) string {
	for _, key := range []string{"connection_name", "product"} {
		if text, ok := properties[key].(string); ok && strings.TrimSpace(text) != "" {
			return text
		}
	}
	return ""
}
