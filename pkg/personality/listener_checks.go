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

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// listenerChecks returns the checks of the listeners of a node, and of the certificates of these listeners.
func listenerChecks() []command {
	return []command{
		{
			name: "check_port_connectivity", usage: "check_port_connectivity [--address <address>] [--timeout <timeout>]",
			seconds:  30,
			switches: switches{"address": text}, letters: map[string]string{"a": "address"}, run: checkConnectivity,
			banner: func(c *call) string {
				if !c.since(3, 13) {
					return "Testing TCP connections to all active listeners on node " + c.node + " ..."
				}
				return "Testing TCP connections to all active listeners on node " + c.node + " using " + resolution(c) + " ..."
			},
		},
		{
			name: "check_port_listener", usage: "check_port_listener <port> [--timeout <timeout>]", min: 1, max: 1,
			run: checkPort, valid: positive,
			banner: func(c *call) string {
				return "Asking node " + c.node + " if there's an active listener on port " + c.args[0] + " ..."
			},
		},
		{
			name: "check_protocol_listener", usage: "check_protocol_listener <protocol> [--timeout <timeout>]", min: 1, max: 1,
			run: checkProtocol,
			banner: func(c *call) string {
				return "Asking node " + c.node + " if there's an active listener for protocol " + c.args[0] + " ..."
			},
		},
		{
			name: "check_certificate_expiration", usage: "check_certificate_expiration [--within <period>] [--unit <unit>]",
			switches: switches{"within": integer, "unit": text}, run: checkCertificates,
			valid: func(c *call) *fault {
				if unit := c.option("unit", "weeks"); !slices.Contains([]string{"days", "weeks", "months", "years"}, unit) {
					return c.invalid(strconv.Quote("unit '" + unit +
						"' is not supported. Please use one of: days, weeks, months, years"))
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
	}
}

func resolution(c *call) string {
	if address, ok := c.line.given("address"); ok {
		return "address " + address
	}
	return "hostname resolution"
}

// checkConnectivity connects to the listeners from this machine, as the official tool does from the machine where it
// runs.
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
		if !c.connects(ctx, net.JoinHostPort(host, l.port)) {
			ports = append(ports, l.port)
		}
	}
	if len(lines) > 0 {
		if err := c.print(strings.Join(lines, "\n") + "\n"); err != nil {
			return answer{}, err
		}
	}
	if len(ports) > 0 {
		return answer{}, failed("Error:\nConnection to ports of the following listeners on node %s failed: \n%s", c.node,
			strings.Join(ports, ", "))
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
	return answer{text: text, data: object("result", erlang.Atom("ok"), "node", erlang.Atom(c.node), "listeners",
		listenerTerms(all))}, nil
}

// connects reports whether a listener accepts a connection within 30 s. The official tool has this time limit for each
// listener.
func (c *call) connects(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return c.client.Connect(ctx, address) == nil
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
		return answer{},
			failed("No listener for port %s is active on node %s. Found listeners that use the following ports: %s",
				c.args[0], c.node, strings.Join(ports, ", "))
	}
	return answer{
		text: fmt.Sprintf("A listener for port %s is running on node %s.", c.args[0], c.node),
		data: object("node", erlang.Atom(c.node), "port", erlang.Binary(c.args[0]), "result", erlang.Atom("ok")),
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
		return answer{}, no(fail.Unavailable,
			"No listener for protocol %s is active on node %s. Found listeners for the following protocols: %s",
			asked, c.node, strings.Join(protocols, ", "))
	}
	return answer{
		text: fmt.Sprintf("A listener for protocol %s is running on node %s.", c.args[0], c.node),
		data: object("node", erlang.Atom(c.node), "protocol", erlang.Binary(c.args[0]), "result", erlang.Atom("ok")),
	}, nil
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
