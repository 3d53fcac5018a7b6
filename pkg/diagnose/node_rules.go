package diagnose

import (
	"fmt"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func nodeRules() []Rule {
	return []Rule{
		{Name: "cluster-split", Needs: []Part{OfView}, Judge: ofView(comparison.splits)},
		{Name: "node-silent", Needs: []Part{OfView}, Judge: ofView(comparison.silent)},
		{Name: "node-not-running", Needs: []Part{OfView}, Judge: ofView(comparison.stopped)},
		{Name: "metadata-majority-lost", Needs: []Part{OfView}, Judge: ofView(comparison.minority)},
		{Name: "virtual-host-stopped", Needs: []Part{OfVHosts}, Judge: func(f Facts) []Finding {
			return vhostStopped(f.VHosts)
		}},
		{Name: "versions-differ", Needs: []Part{OfView}, Judge: ofView(comparison.versions)},
		{Name: "node-in-maintenance", Needs: []Part{OfView}, Judge: ofView(comparison.drained)},
		{Name: "node-limits", Needs: []Part{OfNodes}, Judge: nodeLimits},
		{Name: "statistics-off", Needs: []Part{OfOverview}, Judge: statisticsOff},
		{Name: "clock-skew", Needs: []Part{OfClock}, Judge: clockSkew},
		{Name: "connection-churn", Needs: []Part{OfOverview}, Judge: connectionChurn},
	}
}

// ofView turns a function that judges views into the function of a rule, which judges the view of the asked node alone.
func ofView(judge func(comparison) []Finding) func(Facts) []Finding {
	return func(f Facts) []Finding { return judge(newComparison([]View{f.View})) }
}

// A node that uses this share of one of its limits, or more, is reported as WARNING or CRITICAL.
const (
	limitNear   = 0.8
	limitAtHand = 0.95
)

func nodeLimits(f Facts) []Finding {
	var found []Finding
	for _, n := range f.Nodes {
		for _, l := range []struct {
			what        string
			used, total health.Reading
			hit, do     string
		}{
			{"file descriptors", n.FilesUsed, n.FilesTotal, "new connections, and queues that need a file",
				"raise LimitNOFILE of the service, see who is connected: rabbitctl list_connections --group-by user --sort -count"},
			{"sockets", n.SocketsUsed, n.SocketsTotal, "new connections",
				"rabbitctl list_connections --group-by user,peer_host --sort -count"},
			{"Erlang processes", n.ProcessesUsed, n.ProcessesTotal, "everything on the node: it stops when they run out",
				"rabbitctl list_channels --group-by user --sort -count"},
		} {
			// Since 4.0 sockets_total is 0: sockets are not counted any more.
			if !l.used.Known || !l.total.Known || l.total.Value <= 0 || l.used.Value < limitNear*l.total.Value {
				continue
			}
			x := Finding{Severity: health.Warning, What: fmt.Sprintf("%s runs out of %s", n.Name, l.what),
				Evidence: []string{fmt.Sprintf("%.0f of %.0f in use (%.0f %%)", l.used.Value, l.total.Value,
					100*l.used.Value/l.total.Value)}, Hit: l.hit, Do: []string{l.do}}
			if l.used.Value >= limitAtHand*l.total.Value {
				x.Severity = health.Critical
			}
			found = append(found, x)
		}
	}
	return found
}

func statisticsOff(f Facts) []Finding {
	if !f.Overview.StatsOff && f.Overview.RatesMode != "none" {
		return nil
	}
	x := Finding{Severity: health.Warning, What: "the management plugin collects no statistics",
		Hit:      "monitoring: rates, consumers and memory of queues are unknown, and checks that need them are UNKNOWN",
		Evidence: []string{"rates_mode " + f.Overview.RatesMode},
		Do:       []string{"in rabbitmq.conf: management.disable_stats = false, management_agent.disable_metrics_collector = false, management.rates_mode = basic"}}
	if !f.Overview.StatsOff {
		x.What = "the management plugin computes no rates"
	}
	return []Finding{x}
}

// skewAllowed is the largest difference between two clocks that is not reported: with it, times in listings and logs do
// not mislead yet.
const skewAllowed = 30 * time.Second

func clockSkew(f Facts) []Finding {
	if f.Skew.Abs() <= skewAllowed {
		return nil
	}
	where := "ahead of"
	if f.Skew < 0 {
		where = "behind"
	}
	return []Finding{{Severity: health.Warning, What: fmt.Sprintf("the clock of %s is %s %s the clock of this host",
		f.Endpoint, f.Skew.Abs().Round(time.Second), where),
		Evidence: []string{"the Date header of its answer, compared with the time when it arrived"},
		Hit:      "everything that compares times: logs, connected_at, message timestamps, tokens that expire",
		Do:       []string{"on both hosts: timedatectl, and where chrony runs chronyc tracking"}}}
}

// churnHigh is the number of new connections per second from which on there are too many: programs should keep theirs
// open.
const churnHigh = 5

func connectionChurn(f Facts) []Finding {
	opened := f.Overview.ConnectionsOpened
	if !opened.Known || opened.Value < churnHigh {
		return nil
	}
	return []Finding{{Severity: health.Warning, What: fmt.Sprintf("%.1f connections a second are opened", opened.Value),
		Evidence: []string{fmt.Sprintf("%.1f opened and %.1f closed a second, %.0f open, %.1f channels opened a second",
			opened.Value, f.Overview.ConnectionsClosed.Value, f.Overview.Connections.Value, f.Overview.ChannelsOpened.Value)},
		Hit: "the broker's CPU; a client that opens a connection for each message is slow, too",
		Do:  []string{"rabbitctl list_churn --sample 30s"}}}
}
