package diagnose

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

func alarmRules() []Rule {
	return []Rule{
		{Name: "alarm-in-effect", Needs: []Part{OfAlarms}, Judge: alarmInEffect},
		{Name: "disk-alarm-ahead", Needs: []Part{OfAlarms, OfNodes}, Judge: diskAlarmAhead},
		{Name: "memory-alarm-ahead", Needs: []Part{OfAlarms, OfNodes}, Judge: memoryAlarmAhead},
		{Name: "disk-limit-too-low", Needs: []Part{OfNodes}, Judge: diskLimitTooLow},
		{Name: "disk-limit-above-volume", Needs: []Part{OfAlarms, OfNodes}, Judge: diskLimitAboveVolume},
		{Name: "publishers-in-flow", Needs: []Part{OfConnections}, Judge: publishersInFlow},
	}
}

// Blocked returns the facts about blocked publishers, without Trends, Running and Unlisted.
func (f Facts) Blocked() BlockedFacts {
	b := BlockedFacts{Alarms: f.Alarms, Connections: f.Connections, Blind: f.Unseen[OfConnections]}
	for _, n := range f.Nodes {
		b.Disks = append(b.Disks, n.Disk())
		b.Memory = append(b.Memory, n.Memory())
	}
	return b
}

func alarmInEffect(f Facts) []Finding {
	a := Blocked(f.Blocked())
	if !a.Stopped {
		return nil
	}
	x := Finding{Severity: health.Critical, What: a.Verdict, Do: []string{"rabbitctl explain_blocked"}}
	for _, d := range a.Disks {
		if d.Alarmed {
			x.Evidence = append(x.Evidence, d.Text)
		}
	}
	for _, n := range f.Nodes {
		for _, alarm := range f.Alarms {
			if alarm == (health.Alarm{Node: n.Name, Resource: "memory"}) {
				x.Evidence = append(x.Evidence, fmt.Sprintf("memory alarm on %s: %s used, watermark %s", n.Name,
					n.MemoryUsed.Bytes(), n.MemoryLimit.Bytes()))
			}
		}
	}
	x.Hit = "every publisher, on all nodes"
	if names := appNames(a.Blocked); len(names) > 0 {
		x.Hit += "; stuck now: " + some(names)
	}
	for _, fix := range a.Fixes {
		x.Do = append(x.Do, fix.Text)
	}
	return []Finding{x}
}

// appNames returns for each connection its App with the user and the client's address, or the connection's name if App
// is "".
func appNames(connections []Connection) []string {
	var names []string
	for _, c := range connections {
		if c.App == "" {
			names = append(names, c.Name)
			continue
		}
		names = append(names, c.App+" (user "+c.User+", "+c.Peer+")")
	}
	return names
}

// AlarmAhead returns how long ahead a coming disk alarm is reported: 8 hours as WARNING, which covers a night, and one
// hour as CRITICAL, when there is just time to act.
func AlarmAhead() health.Horizon { return health.Horizon{Warning: 8 * time.Hour, Critical: time.Hour} }

func diskAlarmAhead(f Facts) []Finding {
	facts := health.DiskFacts{Alarms: f.Alarms, Trends: f.DiskTrends}
	for _, n := range f.Nodes {
		facts.Nodes = append(facts.Nodes, n.Disk())
	}
	// The same margins as check_disk has by default.
	warning, _ := health.ParseMargin("2x")
	critical, _ := health.ParseMargin("1.2x")
	_, disks := health.Disk(facts, health.DiskLimits{Warning: warning, Critical: critical, Horizon: AlarmAhead()})
	var found []Finding
	for _, d := range disks {
		if d.Alarmed || !d.Running || d.Status == health.OK {
			continue
		}
		x := Finding{Severity: d.Status, What: "the disk alarm of " + d.Name + " is near", Evidence: []string{d.Text},
			Hit: "every publisher, once the alarm is in effect",
			Do:  []string{"free space on the volume of the node's data, or find what fills it: rabbitctl list_queues vhost name messages message_bytes_persistent --sort -message_bytes_persistent --limit 10"}}
		if d.Trend.StuckFor > 0 {
			x.What, x.Hit = "the free disk space of "+d.Name+" may not be measured any more",
				"nothing yet, but the broker cannot raise the disk alarm"
			x.Do = []string{"compare it with the host: df -B1 on the volume of the node's data",
				"on the node's machine, with its Erlang cookie: rabbitctl activate_free_disk_space_monitoring --node " + d.Name,
				"look in the node's log for disk_monitor"}
		} else if d.Status == health.Unknown {
			x.What, x.Hit = "the free disk space of "+d.Name+" is not known", "nothing yet, but the broker may be unable to raise the disk alarm"
			x.Do = []string{"rabbitctl list_nodes name disk_free disk_free_limit shows whether it is known by now",
				"look in the node's log for disk_monitor"}
		}
		found = append(found, x)
	}
	return found
}

func memoryAlarmAhead(f Facts) []Finding {
	facts := health.MemoryFacts{Alarms: f.Alarms}
	for _, n := range f.Nodes {
		facts.Nodes = append(facts.Nodes, n.Memory())
	}
	// The same limits as check_memory has by default.
	warning, _ := health.ParsePortion("80%")
	critical, _ := health.ParsePortion("95%")
	_, nodes := health.Memory(facts, health.Portions{Warning: warning, Critical: critical})
	var found []Finding
	for _, n := range nodes {
		if n.Alarmed || !n.Running || n.Status == health.OK || n.Status == health.Unknown {
			continue
		}
		found = append(found, Finding{Severity: n.Status, What: "the memory alarm of " + n.Name + " is near",
			Evidence: []string{n.Text},
			Hit:      "every publisher, once the alarm is in effect",
			Do: []string{"rabbitctl memory_breakdown " + n.Name,
				"rabbitctl list_queues name memory --sort -memory --limit 10"}})
	}
	return found
}

// tooLow is a limit, in bytes, below which a busy broker fills the rest of the disk before its publishers have stopped.
// The default of 50 MB is meant for development (production checklist of RabbitMQ's guides).
const tooLow = 1e9

func diskLimitTooLow(f Facts) []Finding {
	var found []Finding
	for _, n := range f.Nodes {
		if slices.Contains(f.Alarms, health.Alarm{Node: n.Name, Resource: "disk"}) {
			continue // the finding about the alarm says which limit to set; the limit in these figures can be outdated
		}
		if n.DiskLimit.Known && n.DiskLimit.Value < tooLow && !(n.DiskFree.Known && n.DiskFree.Value < n.DiskLimit.Value) {
			found = append(found, Finding{Severity: health.Warning,
				What: fmt.Sprintf("disk_free_limit of %s is %s: the disk can be full before the alarm stops publishers", n.Name,
					n.DiskLimit.Bytes()),
				Evidence: []string{fmt.Sprintf("%s free, limit %s", n.DiskFree.Bytes(), n.DiskLimit.Bytes())},
				Hit:      "all messages on the node, if the disk fills",
				Do:       setDiskLimit(n, enoughDisk(n))})
		}
	}
	return found
}

// enoughDisk returns the limit, in bytes, that keeps a node in production safe: 2 GB, or the next higher limit that
// SafeDiskLimit knows if the memory watermark is above 2 GB. A limit at the watermark or above it leaves room on the
// disk for what the node has in memory (production checklist of RabbitMQ's guides).
func enoughDisk(n health.Node) float64 {
	for _, limit := range []float64{2e9, 5e9, 10e9, 20e9} {
		if !n.MemoryLimit.Known || n.MemoryLimit.Value <= limit {
			return limit
		}
	}
	return 50e9
}

// setDiskLimit says how to set a safe limit on a node: at most half of the free space, as explain_blocked suggests too,
// and never above the parameter most. So no report suggests two different limits for one node, and a suggested limit
// never raises an alarm.
func setDiskLimit(n health.Node, most float64) []string {
	if !n.DiskFree.Known {
		return []string{"look how much is free (df DATA_DIRECTORY), then set a limit of at most half of it: " +
			setDiskFreeLimit(n.Name, "LIMIT")}
	}
	limit := SafeDiskLimit(min(n.DiskFree.Value, 2*most))
	if limit == "" {
		return []string{"free space first: there is too little for any limit to be safe"}
	}
	return []string{setDiskFreeLimit(n.Name, limit),
		"in rabbitmq.conf: disk_free_limit.absolute = " + limit}
}

func diskLimitAboveVolume(f Facts) []Finding {
	var found []Finding
	for _, n := range f.Nodes {
		volume, seen := f.Volumes[n.Name]
		// A limit above the size of the volume raises an alarm at once. If there is no alarm, the limit was lowered after
		// this figure was taken, which can be 10 s old (measured on 3.10 and 4.3).
		seen = seen && slices.Contains(f.Alarms, health.Alarm{Node: n.Name, Resource: "disk"})
		if seen && n.DiskLimit.Known && n.DiskLimit.Value >= volume {
			found = append(found, Finding{Severity: health.Critical,
				What:     fmt.Sprintf("disk_free_limit of %s is above the size of its volume: the alarm can never clear", n.Name),
				Evidence: []string{fmt.Sprintf("limit %s, the whole volume has %s", n.DiskLimit.Bytes(), prose.Bytes(volume))},
				Hit:      "every publisher, for good",
				Do:       setDiskLimit(n, math.Inf(1))})
		}
	}
	return found
}

func publishersInFlow(f Facts) []Finding {
	var flow []Connection
	for _, c := range f.Connections {
		if c.State == "flow" {
			flow = append(flow, c)
		}
	}
	if len(flow) == 0 {
		return nil
	}
	return []Finding{{Severity: health.Warning, What: prose.Plural(len(flow), "connection is", "connections are") +
		" slowed down by flow control",
		Evidence: []string{some(appNames(flow))}, Hit: "these publishers: they send more than queues or disks can take",
		Do: []string{"rabbitctl list_connections name user state send_pend recv_oct --where 'state == \"flow\"'",
			"rabbitctl list_queues --sort -messages --limit 10"}}}
}
