package check

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Refused is the error for the name of a check that no longer checks anything, of the official tools or the API: releases
// still answer it with "ok", whatever goes on. It is nil for any other name.
func Refused(name string) error {
	switch strings.ReplaceAll(name, "-", "_") {
	case "node_health_check", "healthchecks":
		return fail.Usagef("%s is refused: releases since 3.13 answer it with ok without looking at anything", name).
			Next("check_running, check_alarms and check_virtual_hosts look, check --all at more; check_node --for liveness is for probes")
	case "aliveness_test", "check_aliveness":
		return fail.Usagef("%s is refused: it is well while an alarm stops every publisher, and newer releases answer it without looking", name).
			Next("check_alarms, check_virtual_hosts and check_port_connectivity look; check_node --for liveness is for probes")
	}
	return nil
}
