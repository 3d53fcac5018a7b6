package check

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Refused is the error for the name of a check that would not tell the truth: one that no longer checks anything, of
// the official tools or the API, which releases still answer with "ok", or one that nobody can answer over HTTP. It is
// nil for any other name.
func Refused(name string) error {
	switch strings.ReplaceAll(name, "-", "_") {
	case "node_health_check", "healthchecks":
		return fail.Usagef("%s is refused: releases since 3.13 answer it with ok without looking at anything", name).
			Next("check_running, check_alarms and check_virtual_hosts look, check --all at more; check_node --for liveness is for probes")
	case "aliveness_test", "check_aliveness":
		return fail.Usagef(
			"%s is refused: it passes while an alarm stops every publisher, and newer releases answer it without looking",
			name).
			Next("check_alarms, check_virtual_hosts and check_port_connectivity look; check_node --for liveness is for probes")
	case "is_booting":
		return fail.Usagef(
			"is_booting is refused: a node does not answer over HTTP for most of its boot, and looks like a node that is down").
			Next("await_ready waits until it takes clients; check_node --for readiness and is_running judge it as it is now")
	}
	return nil
}
