package alarm

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func explainBlocked() verb.Check {
	return verb.Check{
		Name:  "explain_blocked",
		Short: "Explain why publishing does not work",
		Long: `Explain why publishing hangs: whether an alarm stops the publishers, which node has it, how much disk space
is missing until it clears or how much memory is used, which connections are blocked, which facts can mislead you,
and what to run.

--fix ends each alarm by another limit. For a disk alarm it lowers the limit of free disk space to a round size of at
most half of the free space, if at least 200 MB are free. For a memory alarm it raises a watermark below 0.7 of the
machine's memory to 0.7, if the node uses at most 0.63 of that memory. If one of the alarms cannot be ended in this
way, it changes nothing at all. It shows the limits and the blocked connections and asks; without a terminal it needs
--yes. Then it checks whether the alarms have ended and whether the connections are still blocked. A new limit holds
until its node restarts; the command prints the line for rabbitmq.conf that makes it permanent. The management API
cannot set limits, so --fix talks to
the node over Erlang distribution, and needs the Erlang cookie (see rabbitctl help transports). Freeing space or
memory is better. With --fix there is no verdict, and the exit code is that of a change (see rabbitctl help
exit-codes).

BLOCKED (2): an alarm stops publishers. NOT BLOCKED (0): no alarm stops them. UNKNOWN (3): the alarms could not be
read. While no alarm is known, the result is also UNKNOWN in three cases: a node does not run or does not answer, and
so may have an alarm; the user does not have the tag monitoring, and so does not see whether all nodes answer; or the
management API answers, but does not list the nodes or the connections.

If the management API does not answer and there is an Erlang cookie, explain_blocked asks a node over Erlang
distribution instead, and then lists no connections. It asks the node that RABBITCTL_NODE or the context names. If
neither names a node, it asks node rabbit on this host, but only if no address of the broker is set. Otherwise it asks
no node, and the result is UNKNOWN.`,
		Example: `  rabbitctl explain_blocked
  rabbitctl explain_blocked -o json | jq -r '.fixes[]?.text'
  rabbitctl explain_blocked --fix --dry-run
  rabbitctl explain_blocked --fix`,
		Explains: true, Fix: fix(), FixHelp: "set a limit that ends the alarm, over Erlang distribution",
		Itself: func(n survey.Itself, _ error) verb.Report {
			if !n.Running {
				return verb.StoppedNode(n, health.Unknown)
			}
			facts := diagnose.BlockedFacts{Alarms: n.Alarms, Disks: []health.DiskNode{n.Disk()},
				Memory: []health.MemoryNode{n.Memory()}, Blind: "the management API does not answer"}
			for _, silent := range n.Silent {
				facts.Disks = append(facts.Disks, health.DiskNode{Name: silent})
			}
			return blockedReport(facts)
		},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			facts, err := settledFacts(ctx, c, ask)
			if err != nil {
				return verb.Report{}, err
			}
			return blockedReport(facts), nil
		},
	}
}

// settledFacts reads the facts until the statistics are up to date, but for 10 s at most: right after an alarm, the
// listings do not show the blocked connections yet.
func settledFacts(ctx context.Context, c *broker.Client, ask verb.Ask) (diagnose.BlockedFacts, error) {
	facts, err := blockedFacts(ctx, c)
	if err != nil {
		return facts, err
	}
	for until := ask.Now().Add(10 * time.Second); facts.Fresh() && ask.Now().Before(until); {
		if ask.Sleep(ctx, 500*time.Millisecond) != nil {
			break
		}
		again, err := blockedFacts(ctx, c)
		if err != nil {
			// Keep the facts that were read before: they explain the alarm, and this error does not.
			break
		}
		facts = again
	}
	return facts, nil
}

func blockedFacts(ctx context.Context, c *broker.Client) (diagnose.BlockedFacts, error) {
	var f diagnose.BlockedFacts
	var err error
	if f.Alarms, err = survey.Alarms(ctx, c); err != nil {
		return f, err
	}
	if len(f.Alarms) > 0 {
		// An alarm is already known. So do not wait long for the nodes and connections: a node that hangs can delay them.
		limited, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		ctx = limited
	}
	listed, err := survey.Nodes(ctx, c)
	switch {
	case err == nil:
	case fail.KindOf(err) == fail.Denied:
		f.Unlisted = survey.Unlisted(ctx, c)
	case len(f.Alarms) > 0 && fail.KindOf(err) != fail.Canceled:
		f.Unlisted = "the nodes could not be listed: " + err.Error()
	default:
		return f, err
	}
	for _, n := range listed {
		f.Disks = append(f.Disks, n.Disk())
		f.Memory = append(f.Memory, n.Memory())
	}
	if len(f.Alarms) == 0 && len(f.Disks) > 0 {
		// Ignore an error: without statistics the trend is not known, but the verdict about the present does not depend on
		// it.
		if f.Trends, err = survey.DiskTrends(ctx, c, diagnose.AlarmAhead()); fail.KindOf(err) == fail.Canceled {
			return f, err
		}
	}
	f.Connections, f.Running, err = survey.StoppedConnections(ctx, c)
	if k := fail.KindOf(err); k == fail.Denied || err != nil && len(f.Alarms) > 0 && k != fail.Canceled {
		f.Blind, err = err.Error(), nil
	}
	return f, err
}

// patience is how long to wait for the nodes and connections if it is already known that an alarm blocks publishers.
const patience = 10 * time.Second

func blockedReport(f diagnose.BlockedFacts) verb.Report {
	a := diagnose.Blocked(f)
	r := verb.Report{Result: health.Result{Summary: a.Verdict}, Word: "NOT BLOCKED"}
	if a.Stopped {
		r.Status, r.Word = health.Critical, "BLOCKED"
	}
	if a.Unsure {
		r.Status, r.Word = health.Unknown, ""
	}
	if len(a.Silent) > 0 {
		r.Details = append(r.Details, "next: rabbitctl cluster_status says what to do there")
	}
	for _, text := range a.Soon {
		r.Details = append(r.Details, "soon: "+text)
	}
	r.Evidence = append(r.Evidence, nodeSection(f, a))
	if a.Stopped && f.Blind == "" {
		r.Details = append(r.Details, fmt.Sprintf("blocked now: %s; would be blocked at the next publish: %d",
			count(len(a.Blocked), "connection"), len(a.Blocking)))
	}
	switch {
	case f.Blind != "" || a.Unsure:
	case a.Stopped:
		r.Evidence = append(r.Evidence, connectionSection("blocked", a.Blocked), connectionSection("blocking", a.Blocking))
	default:
		// No alarm stops publishers now. So a connection that is still listed as blocked is not blocked any more: the listing
		// is older than the end of the alarm. Show no connections.
		for _, name := range []string{"blocked", "blocking"} {
			s := connectionSection(name, nil)
			s.Optional = true
			r.Evidence = append(r.Evidence, s)
		}
	}
	if f.Unlisted != "" {
		r.Details = append(r.Details, f.Unlisted)
	}
	if f.Blind != "" {
		r.Details = append(r.Details, "the connections could not be listed: "+f.Blind)
	}
	r.Evidence = append(r.Evidence, misleadingSection(a))
	if slices.ContainsFunc(a.Fixes, func(x diagnose.Fix) bool { return x.Sets }) {
		r.Details = append(r.Details, "next: rabbitctl explain_blocked --fix sets a limit that ends the alarm, on the "+
			"node's machine with its Erlang cookie")
	}
	r.Evidence = append(r.Evidence, fixSection(a))
	return r
}

func misleadingSection(a diagnose.BlockedAnswer) record.Section {
	s := record.Section{Name: "misleading", Optional: true, Columns: []record.Column{{Name: "what"}}}
	for _, m := range a.Misleading {
		s.Rows = append(s.Rows, record.Row{record.Of(m)})
	}
	return s
}

func fixSection(a diagnose.BlockedAnswer) record.Section {
	s := record.Section{Name: "fixes", Blocks: true, Optional: true, Columns: []record.Column{{Name: "node"},
		{Name: "what"}, {Name: "text", Advises: true}}}
	for _, x := range a.Fixes {
		s.Rows = append(s.Rows, record.Row{record.Of(x.Node), record.Of(x.What), record.Of(x.Text)})
	}
	return s
}

func nodeSection(f diagnose.BlockedFacts, a diagnose.BlockedAnswer) record.Section {
	s := record.Section{Name: "nodes", Optional: true, Columns: []record.Column{{Name: "node"},
		{Name: "disk_free", Kind: record.Bytes},
		{Name: "disk_free_limit", Kind: record.Bytes}, {Name: "short_by", Kind: record.Bytes},
		{Name: "mem_used", Kind: record.Bytes},
		{Name: "mem_limit", Kind: record.Bytes}, {Name: "alarms", Kind: record.List}}}
	for _, d := range a.Disks {
		var used, limit record.Value
		for _, m := range f.Memory {
			if m.Name == d.Name {
				used, limit = survey.Figure(m.Used), survey.Figure(m.Limit)
			}
		}
		var short record.Value
		if d.Free.Known && d.Limit.Known && d.Free.Value < d.Limit.Value {
			short = record.Of(int64(d.Limit.Value - d.Free.Value))
		}
		names := []string{}
		for _, alarm := range f.Alarms {
			if alarm.Node == d.Name {
				names = append(names, alarm.Resource)
			}
		}
		alarms := record.Of(names)
		if slices.Contains(a.Silent, d.Name) {
			alarms = nil
		}
		s.Rows = append(s.Rows, record.Row{record.Of(d.Name), survey.Figure(d.Free), survey.Figure(d.Limit), short, used,
			limit, alarms})
	}
	return s
}

func connectionSection(name string, connections []diagnose.Connection) record.Section {
	s := record.Section{Name: name, Columns: []record.Column{{Name: "application"}, {Name: "user"}, {Name: "vhost"},
		{Name: "peer"},
		{Name: "state"}, {Name: "connected_at", Kind: record.Timestamp}, {Name: "connection"}}}
	for _, c := range connections {
		var since record.Value
		if !c.Connected.IsZero() {
			since = record.Of(c.Connected.UnixMilli())
		}
		s.Rows = append(s.Rows, record.Row{record.Of(c.App), record.Of(c.User), record.Of(c.VHost), record.Of(c.Peer),
			record.Of(c.State), since, record.Of(c.Name)})
	}
	return s
}

func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
