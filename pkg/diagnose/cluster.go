package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// View is what one node reports about its cluster.
type View struct {
	// Node is the node that reports, and URL is the address of its API; each is "" when not known.
	Node, URL string
	// Silent says why the node's API could not be read. It is "" if the API was read; then the other fields are set.
	Silent string
	// ClusterName is the name of the cluster. Version and Erlang are the node's releases.
	ClusterName, Version, Erlang string
	Members                      []health.Member
	Alarms                       []health.Alarm
	// VHosts holds the virtual hosts of the cluster. VHostsUnseen says why they could not be listed; "" when they could.
	VHosts       []health.VHost
	VHostsUnseen string
	// Waits means that this node waits for another node that does not answer, so that it reports neither statistics nor
	// partitions. SilentNodes names the nodes that do not answer. It is empty if the broker does not name them; then only
	// this node is known to run.
	Waits       bool
	SilentNodes []string
}

// lists reports whether the view lists the node as a member, and whether it lists the node as running.
func (v View) lists(node string) (listed, running bool) {
	for _, m := range v.Members {
		if m.Name == node {
			return true, m.Running
		}
	}
	return false, false
}

// Unknown reports whether it is unknown from this view whether the node runs.
func (v View) Unknown(node string) bool { return v.Waits && len(v.SilentNodes) == 0 && v.Node != node }

// Cluster compares what nodes report about their cluster. Most findings need only one view. Only the views of all nodes
// can show that nodes disagree, or that an API does not answer.
func Cluster(views []View) []Finding {
	c := newComparison(views)
	findings := slices.Concat(c.splits(), c.disagreements(), c.silent(), c.stopped(), c.minority(), c.unreachable(),
		c.membershipConflicts(), c.alarms(), c.versions(), c.drained(), c.vhosts())
	Sort(findings)
	return merge(findings, c.nodes())
}

type comparison struct{ views, answered []View }

func newComparison(views []View) comparison {
	c := comparison{views: views}
	for _, v := range views {
		if v.Silent == "" {
			c.answered = append(c.answered, v)
		}
	}
	return c
}

// betweenViews returns the names of the rules that need the views of several nodes.
func betweenViews() []string {
	return []string{"nodes-disagree", "api-unreachable", "members-disagree"}
}

// nodes returns the names of all nodes in any view, sorted.
func (c comparison) nodes() []string {
	var names []string
	for _, v := range c.views {
		names = append(names, v.Node)
		for _, m := range v.Members {
			names = append(names, m.Name)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" })
}

func (c comparison) answers(node string) bool {
	return slices.ContainsFunc(c.answered, func(v View) bool { return v.Node == node })
}

// splits returns findings about the partitions that nodes report themselves.
func (c comparison) splits() []Finding {
	sayers := map[health.Split][]string{}
	var pairs []health.Split
	for _, v := range c.answered {
		for _, s := range health.Splits(v.Members) {
			if sayers[s] == nil {
				pairs = append(pairs, s)
			}
			sayers[s] = append(sayers[s], v.Node)
		}
	}
	var out []Finding
	for _, s := range pairs {
		out = append(out, Finding{
			Rule: "cluster-split", Severity: health.Critical,
			What:     s.String() + " were cut off from each other",
			Evidence: []string{"reported by " + strings.Join(sayers[s], ", ")},
			Hit:      "each side runs on alone; changes and messages on one side can be lost",
			Do: []string{"if cluster_partition_handling is autoheal or pause_minority, or pause_if_all_down with the recovery " +
				"autoheal, wait: the cluster heals by itself",
				"otherwise decide which side to keep; on all nodes of the other, each with its Erlang cookie, run rabbitctl " +
					"stop_app, and only then start_app on each",
				"cluster_partition_handling = pause_minority in rabbitmq.conf keeps this from happening again"},
		})
	}
	return out
}

// disagreements returns findings about nodes that answer although another node lists them as not running, and about
// nodes that some nodes list as running and others do not.
func (c comparison) disagreements() []Finding {
	denied := map[health.Split][]string{}
	var pairs []health.Split
	for _, v := range c.answered {
		for _, m := range v.Members {
			if m.Running || m.Name == v.Node || v.Unknown(m.Name) || !c.answers(m.Name) {
				continue
			}
			s := health.Split{A: min(v.Node, m.Name), B: max(v.Node, m.Name)}
			if denied[s] == nil {
				pairs = append(pairs, s)
			}
			denied[s] = append(denied[s], v.Node+" says that "+m.Name+" is not running, but that node answers itself")
		}
	}
	var out []Finding
	for _, s := range pairs {
		out = append(out, Finding{
			Rule: "nodes-disagree", Severity: health.Critical, What: s.String() +
				" disagree: both answer, and one says that the other is not running",
			Evidence: denied[s], Hit: "the cluster is split, even if no alarm says so",
			Do: []string{"check the network between them; rabbitctl check_quorum shows which queues have lost their majority, as the " +
				"asked node sees them"},
		})
		if len(denied[s]) == 2 {
			out[len(out)-1].What = s.String() + " disagree: both answer, and each says that the other is not running"
		}
	}
	for _, node := range c.nodes() {
		up, down := c.listedBy(node)
		if c.answers(node) || len(up) == 0 || len(down) == 0 {
			continue
		}
		out = append(out, Finding{
			Rule: "nodes-disagree", Severity: health.Critical,
			What: fmt.Sprintf("%s and %s disagree about %s", strings.Join(up, ", "), strings.Join(down, ", "), node),
			Evidence: []string{strings.Join(up, ", ") + " says that it runs", strings.Join(down, ", ") +
				" says that it does not", "its own API: " + c.silence(node)},
			Do: []string{"check the network between them"},
		})
	}
	return out
}

// listedBy returns the nodes that list the node as running (up), and those that list it as not running (down).
func (c comparison) listedBy(node string) (up, down []string) {
	for _, v := range c.answered {
		switch listed, running := v.lists(node); {
		case !listed || v.Node == node || v.Unknown(node):
		case running:
			up = append(up, v.Node)
		default:
			down = append(down, v.Node)
		}
	}
	return up, down
}

// silence says why a node's own API could not be read; "not asked" if no view says so.
func (c comparison) silence(node string) string {
	for _, v := range c.views {
		if v.Node == node && v.Silent != "" {
			return v.Silent
		}
	}
	return "not asked"
}

// stopped returns findings about the nodes that do not answer, and that some view lists as not running and none as
// running. It leaves out nodes that may only be cut off by a partition, and nodes that the finding node-silent covers.
func (c comparison) stopped() []Finding {
	var out []Finding
	mute, _ := c.silentNodes()
	for _, node := range c.nodes() {
		up, down := c.listedBy(node)
		if c.answers(node) || len(up) > 0 || len(down) == 0 || c.cutOff(node) || slices.Contains(mute, node) {
			continue
		}
		out = append(out, Finding{
			Rule: "node-not-running", Severity: health.Critical, What: node + " is not running",
			Evidence: []string{"as reported by " + strings.Join(down, ", ") +
				", which also counts a frozen or cut off node as not running", "its own API: " + c.silence(node)},
			Hit: "queues without a majority on the other nodes; rabbitctl check_quorum names them",
			Do: append(lookAtProcess(),
				"on its host: rabbitctl check_running --node "+node+" tells whether only the application is stopped; rabbitctl start_app "+
					"--node "+node+" starts it",
				"rabbitctl check_quorum"),
		})
	}
	return out
}

// cutOff reports whether a node whose API was not asked takes part in a partition: then it is not known whether it
// runs.
func (c comparison) cutOff(node string) bool {
	if slices.ContainsFunc(c.views, func(v View) bool { return v.Node == node && v.URL != "" }) {
		return false
	}
	for _, v := range c.answered {
		for _, s := range health.Splits(v.Members) {
			if s.A == node || s.B == node {
				return true
			}
		}
	}
	return false
}

// unreachable returns findings about the nodes that no view lists as not running, and whose API cannot be read. It
// leaves out nodes that the finding node-silent covers.
func (c comparison) unreachable() []Finding {
	var out []Finding
	mute, suspects := c.silentNodes()
	for _, v := range c.views {
		up, down := c.listedBy(v.Node)
		// The finding node-silent covers the nodes in mute, and the suspects without an address, which could not be asked.
		if v.Silent == "" || len(down) > 0 || slices.Contains(mute, v.Node) || v.URL == "" && slices.Contains(suspects,
			v.Node) {
			continue
		}
		f := Finding{
			Rule: "api-unreachable", Severity: health.Warning, What: "the API of " + v.Node + " cannot be read: " + v.Silent,
			Do: []string{"check the address (--node-url " + v.Node +
				"=URL), the firewall, and rabbitctl list_installed_plugins --node " + v.Node + " (needs the Erlang cookie)"},
		}
		if v.URL != "" {
			f.Evidence = append(f.Evidence, "asked at "+v.URL)
		}
		if len(up) > 0 {
			f.Evidence = append(f.Evidence, strings.Join(up, ", ")+" says that it runs")
		}
		out = append(out, f)
	}
	return out
}

// membershipConflicts returns findings about nodes that some nodes list as members and others do not.
func (c comparison) membershipConflicts() []Finding {
	var out []Finding
	for _, node := range c.nodes() {
		var know, not, alone []string
		for _, v := range c.answered {
			if listed, _ := v.lists(node); listed {
				know = append(know, v.Node)
				continue
			}
			not = append(not, v.Node)
			if len(v.Members) < 2 {
				alone = append(alone, v.Node)
			}
		}
		if len(know) == 0 || len(not) == 0 {
			continue
		}
		out = append(out, Finding{
			Rule: "members-disagree", Severity: health.Critical, What: node + " is a member for " + strings.Join(know, ", ") +
				", but not for " + strings.Join(not, ", "),
			Do: membershipAdvice(node, know, not, alone),
		})
	}
	return out
}

// membershipAdvice returns the steps about a node that the nodes in know list as a member, and those in not do not list.
// Of the latter, those in alone list only themselves, as a node does that was reset.
func membershipAdvice(node string, know, not, alone []string) []string {
	others := slices.DeleteFunc(slices.Clone(know), func(n string) bool { return n == node })
	stopped := func(n string) string { return "rabbitctl stop_app --node " + n + ", then rabbitctl " }
	reset := stopped(node) + "reset " + node + " --node " + node + "; this deletes all that it has"
	forget := func(n, by string) string { return stopped(n) + "forget_cluster_node " + n + " --node " + by }
	var steps []string
	if len(others) == 0 || len(others) == len(know) {
		steps = append(steps, "if "+node+" was removed from the cluster: "+reset)
	}
	if len(others) == len(know) {
		return append(steps, "if "+node+" was reset: "+forget(node, others[0]))
	}
	// The node lists itself, so a node that does not list it may have been reset. If nobody else lists the node, it may
	// also have been removed: of two nodes, the views are the same in both cases.
	suspects := alone
	if len(steps) == 0 && len(alone) == 0 {
		suspects = not // they may have joined another cluster since
	}
	for _, n := range suspects {
		steps = append(steps, "if "+n+" was reset: "+forget(n, node))
	}
	return steps
}

func (c comparison) alarms() []Finding {
	var seen []health.Alarm
	for _, v := range c.answered {
		for _, a := range v.Alarms {
			if !slices.Contains(seen, a) {
				seen = append(seen, a)
			}
		}
	}
	if len(seen) == 0 {
		return nil
	}
	return []Finding{{
		Rule: "alarm-in-effect", Severity: health.Critical, What: health.AlarmWords(seen) +
			"; publishers are stopped on all nodes",
		Hit: "publishers on every node", Do: []string{"rabbitctl explain_blocked"},
	}}
}

// versions compares the releases of the running nodes: they may differ only during an upgrade.
func (c comparison) versions() []Finding {
	releases := map[string][]string{}
	var order []string
	for _, node := range c.nodes() {
		for _, v := range c.answered {
			i := slices.IndexFunc(v.Members, func(m health.Member) bool { return m.Name == node && m.Version != "" })
			if i < 0 {
				continue
			}
			version := v.Members[i].Version
			if releases[version] == nil {
				order = append(order, version)
			}
			releases[version] = append(releases[version], node)
			break
		}
	}
	if len(order) < 2 {
		return nil
	}
	var parts []string
	for _, version := range order {
		parts = append(parts, version+" on "+strings.Join(releases[version], ", "))
	}
	return []Finding{{
		Rule: "versions-differ", Severity: health.Warning, What: "the nodes run different releases: " + strings.Join(parts,
			"; "),
		Do: []string{"finish the upgrade, then: rabbitctl check_feature_flags"},
	}}
}

func (c comparison) drained() []Finding {
	var names []string
	for _, v := range c.answered {
		for _, m := range v.Members {
			if m.Drained && !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	var out []Finding
	for _, n := range names {
		out = append(out, Finding{
			Rule: "node-in-maintenance", Severity: health.Warning, What: n + " is in maintenance: it takes no clients",
			Do: []string{"when the work is done, with its Erlang cookie: rabbitctl revive --node " + n},
		})
	}
	return out
}

// vhosts returns findings about the virtual hosts that are stopped on a node. Each view has the states on all nodes, so
// one view is enough.
func (c comparison) vhosts() []Finding {
	for _, v := range c.answered {
		switch {
		case len(v.VHosts) > 0:
			return vhostStopped(v.VHosts)
		case v.VHostsUnseen != "":
			return []Finding{{Rule: notSeen, Severity: health.Unknown, What: "could not look at virtual hosts",
				Evidence: []string{v.VHostsUnseen},
				Do:       []string{"rabbitctl list_vhosts name cluster_state"}}}
		}
	}
	return nil
}
