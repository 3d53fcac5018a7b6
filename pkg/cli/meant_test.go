package cli

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// TestMeant: words that are not the name of a command run it only if the command changes nothing, and if the words can
// mean no other command.
func TestMeant(t *testing.T) {
	t.Parallel()
	all := everything(groups(anything))
	for line, want := range map[string]string{
		"list queues name -p x":       "list_queues name -p x",
		"-c prod list queues":         "-c prod list_queues",
		"-c list queues":              "-c list list_queues",
		"--context=x -q queues":       "--context=x -q list_queues",
		"ls nodes":                    "list_nodes",
		"show queue orders":           "show_queue orders",
		"Queues":                      "list_queues",
		"list-queues":                 "list_queues",
		"federation status":           "federation_status",
		"check alarms":                "check alarms",
		"list_queues queues":          "list_queues queues",
		"declare queue x":             "declare queue x",
		"declare-queue x":             "declare-queue x",
		"delete_queue x":              "delete_queue x",
		"help queues":                 "help queues",
		"as rabbitmqctl list queues":  "as rabbitmqctl list queues",
		"--unknown list queues":       "--unknown list queues",
		"-- list queues":              "-- list queues",
		"list":                        "list",
		"list --limit 3":              "list --limit 3",
		"config list":                 "config list",
		"__complete list queues":      "__complete list queues",
		"-H host.example queues":      "-H host.example list_queues",
		"--json queues":               "--json list_queues",
		"completion bash":             "completion bash",
		"-o json list bindings vhost": "-o json list_bindings vhost",
	} {
		if got := strings.Join(meant(strings.Fields(line), commandAt(strings.Fields(line)), all), " "); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

// A hint is only for a word that is no command, and names only commands that exist.
func TestHints(t *testing.T) {
	t.Parallel()
	streams, _, _ := iostreams.Test("")
	root := Root(app.New(streams, nil, "test"))
	told := regexp.MustCompile(`rabbitctl (?:as rabbitmqctl )?([a-z_]+)`)
	for _, h := range hints() {
		words := strings.Fields(h.words)
		if words = meant(words, commandAt(words), everything(groups(anything))); has(root, words[0]) {
			t.Errorf("%s is %s", h.words, words[0])
		}
		code, out, errOut := came(t, strings.Fields(h.words)...)
		if code != 64 || out != "" || !strings.Contains(errOut, "rabbitctl ") {
			t.Errorf("%s: exit %d\n%s%s", h.words, code, out, errOut)
		}
		for _, command := range told.FindAllStringSubmatch(h.next, -1) {
			if !has(root, command[1]) && (!strings.Contains(command[0], " as ") || personality.Elsewhere(command[1]) == nil) {
				t.Errorf("%s: there is no %s", h.words, command[0])
			}
		}
	}
}

// If a user combines a noun with another verb, the hint names the command for that, and never a command that does
// something else.
func TestOtherwise(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"declare policy --name p --pattern ^x --definition {}": "rabbitctl declare_policy p '^x' --definition '{}'",
		"declare policy name=p pattern=^x apply-to=queues":     "rabbitctl declare_policy p '^x' --apply-to=queues",
		"create_policy p":                   "rabbitctl declare_policy p",
		"add operator_policy o":             "rabbitctl declare_operator_policy o",
		"declare user name=u password=hush": "rabbitctl add_user u",
		"create_vhost v":                    "rabbitctl add_vhost v",
		"declare parameter shovel s {}":     "rabbitctl set_parameter shovel s '{}'",
		"delete policy name=p":              "rabbitctl clear_policy p",
		"remove_vhost v":                    "rabbitctl delete_vhost v",
		"rm exchange e":                     "rabbitctl delete_exchange e",
	} {
		code, _, errOut := came(t, strings.Fields(line)...)
		if code != 64 || !strings.HasSuffix(errOut, "next: "+want+"\n") || strings.Contains(errOut, "hush") {
			t.Errorf("%s: exit %d\n%s", line, code, errOut)
		}
	}
}

// A flag of another tool works as rabbitctl's own flag, but no help shows it.
func TestOthersFlags(t *testing.T) {
	t.Parallel()
	streams, _, _ := iostreams.Test("")
	root := Root(app.New(streams, nil, "test"))
	cmd, _, err := root.Find([]string{"list_queues"})
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.ParseFlags(
		strings.Fields("--json --user ops -H mq.example -V prod --no-headers --filter messages>1 --columns name,messages")); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, name := range []string{"formatter", "username", "host", "vhost", "no-table-headers", "where"} {
		if f := cmd.Flag(name); f.Changed {
			got[name] = f.Value.String()
		}
	}
	want := map[string]string{"formatter": "json", "username": "ops", "host": "mq.example", "vhost": "prod",
		"no-table-headers": "true", "where": "messages>1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	purge, _, err := root.Find([]string{"purge_queue"})
	if err != nil {
		t.Fatal(err)
	}
	if err := purge.ParseFlags([]string{"--preview"}); err != nil || purge.Flag("dry-run").Value.String() != "true" {
		t.Errorf("--preview is no dry run: %v", err)
	}
	for _, name := range []string{"no-headers", "filter", "arg"} {
		if purge.Flags().Lookup(name) != nil {
			t.Errorf("%s takes --%s", purge.Name(), name)
		}
	}
	if code, out, _ := came(t, "list_queues", "--help"); code != 0 || strings.Contains(out, "--json") ||
		strings.Contains(out, "--columns") || strings.Contains(out, "--virtual-host") {
		t.Errorf("they are in the help: %s", out)
	}
}
