package personality

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// alarmChecks returns the checks that report which alarms are in effect.
func alarmChecks() []command {
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
	}
}

// alarmLines returns the alarms as text, one alarm on each line.
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

// alarmTerms returns the alarms in the form of the formatter json.
func (c *call) alarmTerms(alarms []broker.Alarm) erlang.Map {
	local, global := erlang.List{}, erlang.List{}
	for _, a := range alarms {
		text := erlang.Binary(alarmLines([]broker.Alarm{a}))
		if a.Node == c.node {
			local = append(local, text)
		} else {
			global = append(global, text)
		}
	}
	return object("result", erlang.Atom("ok"), "message", erlang.Binary("Node "+c.node+" reported alarms"), "local", local,
		"global", global)
}

func reportAlarms(ctx context.Context, c *call) (answer, error) {
	alarms, err := c.client.Alarms(ctx)
	if err != nil {
		return answer{}, err
	}
	if len(alarms) == 0 {
		data := object("result", erlang.Atom("ok"), "node", erlang.Atom(c.node), "alarms", erlang.List{})
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

// checkLocalAlarms reads the alarms on every release. The tool of 4.3 does not read them, and always reports none.
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
