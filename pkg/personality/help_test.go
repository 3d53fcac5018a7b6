package personality_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

func TestHelp(t *testing.T) {
	for words, want := range map[string]string{
		"help shrink": "\nUsage\n\nrabbitmq-queues [--node <node>] [--longnames] [--quiet] shrink <node> [--errors-only]\n\nArguments and Options\n\n<node>\n--errors-only\n\tor --no-errors-only\n",
		"add_member --help": " add_member [--vhost <vhost>] <queue> <node> [--membership <promotable|voter>] [--timeout <timeout>]\n\n" +
			"Arguments and Options\n\n<queue>\n<node>\n--membership <text>\n\nGeneral Options\n",
		"help --list-commands": "\nAvailable commands:\n\n   add_member\n",
	} {
		out, errs, err := as(t, brokertest.New(t), "", "rabbitmq-queues", strings.Fields(words)...)
		if !strings.Contains(out, want) || errs != "" || err != nil {
			t.Errorf("%s: %q %q %v", words, out, errs, err)
		}
	}
	out, errs, err := as(t, brokertest.New(t), "", "rabbitmqctl", "help", "list_queues")
	if err != nil || errs != "" || !strings.Contains(out, "<column>\n\tone of name, durable, ") || !strings.Contains(out,
		"; without any: name, messages\n--local\n\tor --no-local\n") {
		t.Errorf("%q %q %v", out, errs, err)
	}
	if out, _, err := as(t, brokertest.New(t), "", "rabbitmqctl", "help", "exec"); err != nil ||
		!strings.Contains(out, "\nThis program refuses it: it runs Elixir inside the tool itself") {
		t.Errorf("%q %v", out, err)
	}
	if _, errs, err := as(t, brokertest.New(t), "", "rabbitmqctl", "help", "a", "b"); fail.KindOf(err) != fail.Usage ||
		!strings.Contains(errs, "too many arguments") {
		t.Errorf("%q %v", errs, err)
	}
}
