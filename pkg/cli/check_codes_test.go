package cli_test

import (
	"regexp"
	"strings"
	"testing"
)

// TestExitCodes_ofChecks: the help of each check lists its exit codes, and the help topic exit-codes covers all checks.
func TestExitCodes_ofChecks(t *testing.T) {
	named := regexp.MustCompile(`^(check|check_.*|cluster_status|doctor|explain_.*|has_.*|is_.*)$`)
	checks := 0
	for _, c := range commands(t) {
		if c.HasParent() && c.Parent().HasParent() {
			continue // config check and its like are no checks of a broker
		}
		tells := strings.Contains(c.Long, "Exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN")
		if tells != named.MatchString(c.Name()) {
			t.Errorf("%s: tells the codes of checks %v", c.Name(), tells)
		}
		if tells {
			checks++
		}
	}
	topic := run(t, t.Context(), nil, "help", "exit-codes").out
	if checks == 0 || !strings.Contains(topic,
		"checks (check, check_*, cluster_status, doctor, explain_*, has_*, is_*) exit with 0 to 3") {
		t.Errorf("%d checks: %s", checks, topic)
	}
}
