package health

import (
	"fmt"
	"strings"
)

// Alarms judges the alarms in effect. nodes is the number of nodes in the cluster, for the text; 0 when not known.
// silent names the nodes that do not run or do not answer: the other nodes do not know of an alarm there, and report
// none.
func Alarms(alarms []Alarm, nodes int, silent []string) Result {
	alarmed := Figure{Label: "alarms", Value: float64(len(alarms)), Critical: "0"}
	if len(alarms) == 0 && len(silent) > 0 {
		return Result{Status: Unknown, Summary: NoAlarmKnown(silent),
			Details: []string{"next: rabbitctl cluster_status says what to do there"}}
	}
	if len(alarms) == 0 {
		where := "on any node"
		if nodes == 1 {
			where = "on the only node"
		} else if nodes > 1 {
			where = fmt.Sprintf("on any of %d nodes", nodes)
		}
		return Result{Status: OK, Summary: "no alarm in effect " + where, Figures: []Figure{alarmed}}
	}
	return Result{
		Status:  Critical,
		Summary: AlarmWords(alarms) + "; publishers are stopped on all nodes",
		Figures: []Figure{alarmed},
	}
}

// AlarmWords returns the alarms as one phrase: "disk alarm on rabbit@a, memory alarm on rabbit@b".
func AlarmWords(alarms []Alarm) string {
	words := make([]string, len(alarms))
	for i, a := range alarms {
		words[i] = a.Resource + " alarm on " + a.Node
	}
	return strings.Join(words, ", ")
}

// NoAlarmKnown says that no alarm is known, and that some nodes could not report one.
func NoAlarmKnown(silent []string) string { return "no alarm is known, but " + DoNotAnswer(silent) }

// DoNotAnswer says in one phrase that the nodes do not run or do not answer.
func DoNotAnswer(silent []string) string {
	if len(silent) == 1 {
		return silent[0] + " does not run or does not answer"
	}
	return strings.Join(silent, ", ") + " do not run or do not answer"
}
