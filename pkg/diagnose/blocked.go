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

// Connection is a client's connection as the connection listing has it, which can be five seconds old.
type Connection struct {
	Name string // "127.0.0.1:41544 -> 127.0.0.1:5672"
	// App is the connection_name that the program sent, otherwise its product; "" when it sent neither.
	App   string
	User  string
	VHost string
	Peer  string // host:port
	// State is the state as the broker names it: "blocked" for a connection that published under an alarm and from which
	// the broker no longer reads, "blocking" for one that will be blocked at its next publish, "flow" for one that is
	// throttled without an alarm, "running" and others; "" when not known.
	State string
	// Connected is when the connection was opened; zero when not known.
	Connected time.Time
}

// BlockedFacts holds the facts from which Blocked draws its answer.
type BlockedFacts struct {
	Alarms []health.Alarm
	Disks  []health.DiskNode
	// Trends says for each node how its free disk space develops.
	Trends      map[string]health.DiskTrend
	Memory      []health.MemoryNode
	Connections []Connection
	// Running is the number of connections that are listed as running although an alarm would block them: the listing is
	// older than the alarm.
	Running int
	// Blind says why the connections could not be listed; "" when they could.
	Blind string
	// Unlisted says why the nodes could not be listed; "" when they could.
	Unlisted string
}

// BlockedAnswer says whether publishing works, and why it does not.
type BlockedAnswer struct {
	// Stopped means that an alarm stops the publishers.
	Stopped bool
	// Unsure means that no alarm is known, but that a node may have one which the answering node does not know of.
	Unsure bool
	// Silent lists nodes that do not run or do not answer, so that it is not known whether they have an alarm. It is empty
	// if Stopped is true.
	Silent  []string
	Verdict string
	Disks   []health.DiskVerdict
	// Blocked holds the connections that published and are blocked; Blocking holds those that will be blocked at their
	// next publish.
	Blocked, Blocking []Connection
	// Throttled holds connections in flow control, which no alarm causes.
	Throttled []Connection
	// Soon has one text for each disk whose free space falls so fast that an alarm is near. It is empty if Stopped is
	// true.
	Soon []string
	// Misleading lists observations that seem to prove that publishing works, or that it does not.
	Misleading []string
	Fixes      []Fix
}

// Fresh reports whether the alarm is so new that the listings do not show it yet. If so, the same command some seconds
// later shows which clients are blocked.
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

// Blocked explains whether publishers are stopped, what stops them, which publishers are stopped, and what to do on
// which host.
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
	a.Unsure = len(a.Silent) > 0 || f.Unlisted != ""
	switch {
	case len(a.Silent) > 0:
		a.Verdict = health.NoAlarmKnown(a.Silent) + "; whether publishers are stopped is not known"
	case a.Unsure:
		a.Verdict = "no alarm is known, but other nodes may have one; whether publishers are stopped is not known"
	default:
		a.Verdict = "no alarm is in effect, so none stops publishers"
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
		"on connections that do not publish, consumers still get messages, and declaring queues works",
	}
	for _, d := range a.Disks {
		if d.Stale {
			lines = append(lines,
				fmt.Sprintf("the node listing shows %s with %s free and a limit of %s: it is older than the alarm", d.Name,
					d.Free.Bytes(), d.Limit.Bytes()))
		}
	}
	if f.Running > 0 {
		lines = append(lines, fmt.Sprintf("%s still listed as running: the listing is older than the alarm",
			prose.Plural(f.Running, "connection is", "connections are")))
	}
	if len(a.Blocked) == 0 && f.Blind == "" {
		lines = append(lines,
			"no connection is listed as blocked: the listing can be 5 s old, and a client is blocked only once it publishes")
	}
	return lines
}

// AppName returns the name by which a client identifies itself in its client properties: the connection name that the
// program chose, else the name of its library, else "".
func AppName(properties map[string]any) string {
	for _, key := range []string{"connection_name", "product"} {
		if text, ok := properties[key].(string); ok && strings.TrimSpace(text) != "" {
			return text
		}
	}
	return ""
}
