package check

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Refused returns an error if name is a check that rabbitctl refuses, because its result would be wrong. Either it is a
// check of the official tools or the API that checks nothing any more and still answers "ok", or it cannot work over
// HTTP. For any other name, Refused returns nil.
func Refused(name string) error {
	switch strings.ReplaceAll(name, "-", "_") {
	case "node_health_check", "healthchecks":
		return fail.Usagef("%s is refused: releases since 3.13 answer it with ok without looking at anything", name).
			Next("use check_running, check_alarms and check_virtual_hosts, or check --all for more; for probes use " +
				"check_node --for liveness")
	case "aliveness_test", "check_aliveness":
		return fail.Usagef(
			"%s is refused: it passes while an alarm stops every publisher, and newer releases answer ok without checking anything",
			name).
			Next("use check_alarms, check_virtual_hosts and check_port_connectivity; for probes use " +
				"check_node --for liveness")
	case "is_booting":
		return fail.Usagef(
			"is_booting is refused: a node does not answer over HTTP for most of its boot, and looks like a node that is down").
			Next("await_ready waits until a node accepts clients; check_node --for readiness and is_running judge its " +
				"present state")
	}
	return nil
}
