package cli_test

import (
	"strings"
	"testing"
)

// TestAs_withoutTool: a command line of `as` that does not begin with a tool's name runs nothing, and says what is missing.
func TestAs_withoutTool(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"as":                      "TOOL is missing\n  next: tools: rabbitmqctl ",
		"as --context x":          "TOOL is missing",
		"as --bogus":              "unknown flag: --bogus",
		"as rabbitmqct status":    `no tool "rabbitmqct", did you mean "rabbitmqctl"?`,
		"as list_queues -p /":     "list_queues is a command of rabbitmqctl: the tool's name comes first\n  next: rabbitctl as rabbitmqctl list_queues ...\n",
		"as check_running":        "next: rabbitctl as rabbitmq-diagnostics check_running ...\n",
		"as x rabbitmqctl status": `"x" is before the tool's name`,
	} {
		got := run(t, ended(t), nil, strings.Fields(line)...)
		if got.code != 64 || got.out != "" || !strings.Contains(got.err, want) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q, want %q", line, got.code, got.out, got.err, want)
		}
	}
}
