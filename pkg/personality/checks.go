package personality

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// checks are the official health checks. They ask the API's own checks, which answer at once and for the node that is asked, and
// never read a listing that may be seconds old.
func checks() []command {
	const (
		portUsage = "check_port_listener <port> [--timeout <timeout>]"
		certUsage = "check_certificate_expiration [--within <period>] [--unit <unit>]"
		leaders   = "check_for_quorum_queues_without_an_elected_leader [--vhost <vhost>] [--across-all-vhosts] <pattern>"
	)
	return []command{
		{name: "alarms", banner: say("Asking node %s to report any known resource alarms ..."), run: reportAlarms},
		{name: "check_alarms", banner: say("Asking node %s to report any local resource alarms ..."), run: checkAlarms},
		{
			name: "check_local_alarms", run: checkLocalAlarms,
			banner: func(c *call) string {
				if c.since(4, 3) {
					return "This command is DEPRECATED and is a no-op. It will be removed in a future version."
				}
				return "Asking node " + c.node + " to report any local resource alarms ..."
			},
		},
		{
			name: "check_port_connectivity", usage: "check_port_connectivity [--address <address>] [--timeout <timeout>]", seconds: 30,
			switches: switches{"address": text}, letters: map[string]string{"a": "address"}, run: checkConnectivity,
			banner: func(c *call) string {
				if !c.since(3, 13) {
					return "Testing TCP connections to all active listeners on node " + c.node + " ..."
				}
				return "Testing TCP connections to all active listeners on node " + c.node + " using " + resolution(c) + " ..."
			},
		},
		{
			name: "check_port_listener", usage: portUsage, min: 1, max: 1, run: checkPort, valid: positive(portUsage),
			banner: func(c *call) string {
				return "Asking node " + c.node + " if there's an active listener on port " + c.args[0] + " ..."
			},
		},
		{
			name: "check_protocol_listener", usage: "check_protocol_listener <protocol> [--timeout <timeout>]", min: 1, max: 1, run: checkProtocol,
			banner: func(c *call) string {
				return "Asking node " + c.node + " if there's an active listener for protocol " + c.args[0] + " ..."
			},
		},
		{
			name: "check_virtual_hosts", run: checkVirtualHosts,
			banner: say("Checking if all vhosts are running on node %s ..."),
		},
		{
			name: "check_certificate_expiration", usage: certUsage, switches: switches{"within": integer, "unit": text}, run: checkCertificates,
			valid: func(c *call) *fault {
				if unit := c.option("unit", "weeks"); !slices.Contains([]string{"days", "weeks", "months", "years"}, unit) {
					return c.invalid(strconv.Quote("unit '"+unit+"' is not supported. Please use one of: days, weeks, months, years"), certUsage)
				}
				return nil
			},
			banner: func(c *call) string {
				if c.since(4, 1) {
					return "Checking certificate expiration for all certificates on node " + c.node + " ..."
				}
				return "Checking certificate expiration on node " + c.node + " ..."
			},
		},
		{
			name: "check_if_node_is_quorum_critical", run: checkQuorumCritical,
			banner: func(c *call) string {
				if !c.since(3, 11) {
					return "Checking if node " + c.node + " is critical for quorum of any quorum queues ..."
				}
				return "Checking if node " + c.node + " is critical for quorum of any queues/streams ..."
			},
		},
		{
			name: "check_if_new_quorum_queue_replicas_have_finished_initial_sync",
			run:  checkPromotable, banner: say("Checking if node %s runs promotable replicas of any queues ..."),
		},
		{
			name: "check_if_any_deprecated_features_are_used", run: checkDeprecated,
			banner: say("Checking if any deprecated features are used ..."),
		},
		{
			name: "check_if_metadata_store_is_initialized",
			run:  checkMetadataStore("initialized"), banner: say("Checking if metadata store on node %s has finished initializing ..."),
		},
		{
			name: "check_if_metadata_store_is_initialized_with_data",
			run:  checkMetadataStore("initialized", "with-data"), banner: say("Checking if metadata store on node %s has finished initializing ..."),
		},
		{
			name: "check_for_quorum_queues_without_an_elected_leader", usage: leaders, min: 1, max: 1, run: checkLeaders,
			switches: switches{"across-all-vhosts": truth},
			banner: func(c *call) string {
				where := "vhost " + c.vhost()
				if c.line.on("across-all-vhosts") {
					where = "all vhosts"
				}
				return "Checking leader replicas of quorum queues matching '" + c.args[0] + "' in " + where + " ..."
			},
		},
		{
			name: "has_reached_target_cluster_size", run: checkClusterSize,
			banner: say("Checking if target cluster size has been reached on node %s ..."),
		},
	}
}

// positive refuses a first argument that is no number above 0.
func positive(usage string) func(*call) *fault {
	return func(c *call) *fault {
		if n, err := strconv.Atoi(c.args[0]); err != nil || n < 1 {
			return c.bad(usage, "Argument must be a positive integer")
		}
		return nil
	}
}

// whole is a whole number as a term.
func whole(n int64) number { return number(strconv.FormatInt(n, 10)) }

// alarmLines names alarms, one a line.
func alarmLines(alarms []broker.Alarm) string {
	var lines []string
	for _, a := range alarms {
		name := "Memory alarm"
		switch a.Resource {
		case "disk":
			name = "Free disk space alarm"
		case "memory":
		default:
			name = a.Resource + " alarm"
		}
		lines = append(lines, name+" on node "+a.Node)
	}
	return strings.Join(lines, "\n")
}

// alarmTerms are the alarms as json has them.
func (c *call) alarmTerms(alarms []broker.Alarm) dict {
	local, global := list{}, list{}
	for _, a := range alarms {
		text := binary(alarmLines([]broker.Alarm{a}))
		if a.Node == c.node {
			local = append(local, text)
		} else {
			global = append(global, text)
		}
	}
	return object("result", atom("ok"), "message", binary("Node "+c.node+" reported alarms"), "local", local, "global", global)
}

func reportAlarms(ctx context.Context, c *call) (answer, error) {
	alarms, err := c.client.Alarms(ctx)
	if err != nil {
		return answer{}, err
	}
	if len(alarms) == 0 {
		data := object("result", atom("ok"), "node", atom(c.node), "alarms", list{})
		return answer{text: "Node " + c.node + " reported no alarms, local or clusterwide", data: data}, nil
	}
	return answer{text: alarmLines(alarms), data: c.alarmTerms(alarms)}, nil
}

func checkAlarms(ctx context.Context, c *call) (answer, error) {
	alarms, err := c.client.Alarms(ctx)
	if err != nil {
		return answer{}, err
	}
	if len(alarms) > 0 {
		return answer{}, failed("%s", alarmLines(alarms))
	}
	return well(whenSilent, "Node %s reported no alarms, local or clusterwide", c.node), nil
}

// checkLocalAlarms looks on every release. The tool of 4.3 says without looking that there are none, which ours will not say of an alarm.
func checkLocalAlarms(ctx context.Context, c *call) (answer, error) {
	alarms, err := c.client.Alarms(ctx)
	if err != nil {
		return answer{}, err
	}
	alarms = slices.DeleteFunc(alarms, func(a broker.Alarm) bool { return a.Node != c.node })
	if len(alarms) > 0 {
		return answer{}, no(fail.Unavailable, "%s", alarmLines(alarms))
	}
	return well(whenSilent, "Node %s reported no local alarms", c.node), nil
}

func resolution(c *call) string {
	if address, ok := c.line.given("address"); ok {
		return "address " + address
	}
	return "hostname resolution"
}

// checkConnectivity connects to the listeners from here, as the official tool does from its own machine.
func checkConnectivity(ctx context.Context, c *call) (answer, error) {
	all, err := c.listeners(ctx, c.node)
	if err != nil {
		return answer{}, err
	}
	_, host, _ := strings.Cut(c.node, "@")
	host = c.option("address", host)
	var ports, lines []string
	for _, l := range all {
		if c.since(3, 13) {
			lines = append(lines, "Will connect to "+host+":"+l.port)
		}
		conn, err := (&net.Dialer{Timeout: 30 * time.Second}).DialContext(ctx, "tcp", net.JoinHostPort(host, l.port))
		if err != nil {
			ports = append(ports, l.port)
			continue
		}
		conn.Close()
	}
	if len(lines) > 0 {
		if err := c.print(strings.Join(lines, "\n") + "\n"); err != nil {
			return answer{}, err
		}
	}
	if len(ports) > 0 {
		return answer{}, failed("Error:\nConnection to ports of the following listeners on node %s failed: \n%s", c.node, strings.Join(ports, ", "))
	}
	text := fmt.Sprintf("Successfully connected to ports %s on node %s", strings.Join(sortedPorts(all), ", "), c.node)
	switch {
	case !c.since(3, 13):
		text += "."
	case c.option("address", "") != "":
		text += " (using address " + host + ")"
	default:
		text += " (using node hostname resolution)"
	}
	return answer{text: text, data: object("result", atom("ok"), "node", atom(c.node), "listeners", listenerTerms(all))}, nil
}

func sortedPorts(all []listener) []string {
	var ports []string
	for _, l := range all {
		ports = append(ports, l.port)
	}
	slices.SortFunc(ports, func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return cmp.Compare(x, y)
	})
	return slices.Compact(ports)
}

func checkPort(ctx context.Context, c *call) (answer, error) {
	judged, err := c.client.HealthCheck(ctx, "port-listener", c.args[0])
	if err != nil {
		return answer{}, err
	}
	if !judged.OK {
		ports := textsOf(judged.Body.At("ports"))
		slices.Sort(ports)
		return answer{}, failed("No listener for port %s is active on node %s. Found listeners that use the following ports: %s",
			c.args[0], c.node, strings.Join(ports, ", "))
	}
	return answer{
		text: fmt.Sprintf("A listener for port %s is running on node %s.", c.args[0], c.node),
		data: object("node", atom(c.node), "port", binary(c.args[0]), "result", atom("ok")),
	}, nil
}

func checkProtocol(ctx context.Context, c *call) (answer, error) {
	if err := addressable(c.args[0]); err != nil {
		return answer{}, err
	}
	judged, err := c.client.HealthCheck(ctx, "protocol-listener", c.args[0])
	if err != nil {
		return answer{}, err
	}
	if !judged.OK {
		protocols := textsOf(judged.Body.At("protocols"))
		slices.Sort(protocols)
		asked := judged.Body.At("missing").Text()
		judged.Body.At("missing").Each(func(v record.Value) { asked = v.Text() })
		return answer{}, no(fail.Unavailable, "No listener for protocol %s is active on node %s. Found listeners for the following protocols: %s",
			asked, c.node, strings.Join(protocols, ", "))
	}
	return answer{
		text: fmt.Sprintf("A listener for protocol %s is running on node %s.", c.args[0], c.node),
		data: object("node", atom(c.node), "protocol", binary(c.args[0]), "result", atom("ok")),
	}, nil
}

func checkVirtualHosts(ctx context.Context, c *call) (answer, error) {
	judged, err := c.client.HealthCheck(ctx, "virtual-hosts")
	if err != nil {
		return answer{}, err
	}
	if !judged.OK {
		return answer{}, failed("Some virtual hosts on node %s are down:\n\n%s", c.node, strings.Join(textsOf(judged.Body.At("virtual-hosts")), "\n"))
	}
	return well(whenSilent, "Node %s reported all vhosts as running", c.node), nil
}

func checkCertificates(ctx context.Context, c *call) (answer, error) {
	within, unit := c.option("within", "4"), c.option("unit", "weeks")
	judged, err := c.client.HealthCheck(ctx, "certificate-expiration", within, unit)
	if err != nil {
		return answer{}, err
	}
	if !judged.OK {
		return answer{}, failed("%s", judged.Body.At("expired").Text())
	}
	if within == "1" {
		unit = strings.TrimSuffix(unit, "s")
	}
	return well(never, "No certificates are expiring within %s %s.", within, unit), nil
}

func checkQuorumCritical(ctx context.Context, c *call) (answer, error) {
	judged, err := c.client.HealthCheck(ctx, "node-is-quorum-critical")
	if err != nil {
		return answer{}, err
	}
	switch {
	case !judged.OK:
		var queues []string
		judged.Body.At("queues").Each(func(v record.Value) { queues = append(queues, v.At("readable_name").Text()) })
		return answer{}, no(fail.Unavailable, "Some quorum queues, streams or Raft components on node %s do not have an online majority without it:\n\n%s",
			c.node, strings.Join(queues, "\n"))
	case judged.Body.At("reason").Text() == "single node cluster":
		const alone = " seems to be the only one in a single node cluster, the check does not apply"
		return answer{text: "Node " + c.node + alone, data: object("result", atom("ok"), "message", binary("Target node"+alone))}, nil
	}
	text := fmt.Sprintf("Node %s reported no quorum queues with minimum quorum", c.node)
	if c.since(3, 11) {
		text = fmt.Sprintf("Node %s reported no queues/streams with minimum quorum", c.node)
	}
	return well(whenSilent, "%s", text), nil
}

// checkPromotable asks for the members of each quorum queue, since the API has no check of that: as many requests as there are
// quorum queues with a member here and elsewhere.
func checkPromotable(ctx context.Context, c *call) (answer, error) {
	if !c.since(3, 13) {
		return answer{}, no(fail.Unavailable, "RabbitMQ %s has no replicas that wait to be promoted", c.overview.At("rabbitmq_version").Text())
	}
	var waiting []string
	columns := []record.Column{{Name: "vhost"}, {Name: "name"}, {Name: "type"}, {Name: "members"}}
	for row, err := range c.client.Queues(ctx, "", columns) {
		if err != nil {
			return answer{}, err
		}
		if row[2].Text() != "quorum" || !holds(row[3], c.node) {
			continue
		}
		status, err := c.client.QuorumStatus(ctx, row[0].Text(), row[1].Text())
		if err != nil {
			return answer{}, err
		}
		for _, member := range status {
			if member.At("Node Name").Text() == c.node && member.At("Membership").Text() == "promotable" {
				waiting = append(waiting, fmt.Sprintf("queue '%s' in vhost '%s'", row[1].Text(), row[0].Text()))
			}
		}
	}
	if len(waiting) > 0 {
		return answer{}, failed("Node %s runs promotable replicas of the following queues:\n\n%s", c.node, strings.Join(waiting, "\n"))
	}
	return well(whenSilent, "Node %s reported no queues with promotable replicas", c.node), nil
}

func holds(members record.Value, node string) bool {
	found := false
	members.Each(func(v record.Value) { found = found || v.Text() == node })
	return found
}

func checkDeprecated(ctx context.Context, c *call) (answer, error) {
	var used []string
	for row, err := range c.client.UsedDeprecatedFeatures(ctx, []record.Column{{Name: "name"}}) {
		if err != nil {
			return answer{}, err
		}
		used = append(used, row[0].Text())
	}
	if len(used) > 0 {
		return answer{}, failed("Deprecated features used: %s", strings.Join(used, ", "))
	}
	return well(whenSilent, "Cluster reported no deprecated features in use"), nil
}

func checkMetadataStore(words ...string) func(context.Context, *call) (answer, error) {
	return func(ctx context.Context, c *call) (answer, error) {
		judged, err := c.client.HealthCheck(ctx, append([]string{"metadata-store"}, words...)...)
		switch {
		case err != nil:
			return answer{}, err
		case !judged.OK:
			return answer{}, failed("Metadata store on node %s has not yet completed its initialization", c.node)
		}
		return well(whenSilent, "Metadata store on node %s has completed its initialization", c.node), nil
	}
}

func checkLeaders(ctx context.Context, c *call) (answer, error) {
	words := []string{"quorum-queues-without-elected-leaders", "vhost", c.vhost(), "pattern", c.args[0]}
	if c.line.on("across-all-vhosts") {
		words = []string{"quorum-queues-without-elected-leaders", "all-vhosts", "pattern", c.args[0]}
	}
	if err := addressable(c.vhost(), c.args[0]); err != nil {
		return answer{}, err
	}
	judged, err := c.client.HealthCheck(ctx, words...)
	if err != nil {
		return answer{}, err
	}
	if !judged.OK {
		var queues []string
		judged.Body.At("queues").Each(func(v record.Value) { queues = append(queues, v.At("readable_name").Text()) })
		return answer{}, failed("Quorum queues without an elected leader:\n\n%s", strings.Join(queues, "\n"))
	}
	text := "Node " + c.node + " reported all quorum queue as having responsive leader replicas"
	return answer{text: text, hush: whenQuiet, data: object("result", atom("ok"), "message", binary(text))}, nil
}

func checkClusterSize(ctx context.Context, c *call) (answer, error) {
	judged, err := c.client.HealthCheck(ctx, "reached-target-cluster-size")
	switch {
	case err != nil:
		return answer{}, err
	case !judged.OK:
		return answer{}, failed("Target cluster size has not been reached on node %s: %s of %s nodes are online", c.node,
			judged.Body.At("online").Text(), judged.Body.At("target").Text())
	}
	return well(whenSilent, "Target cluster size has been reached on node %s", c.node), nil
}
