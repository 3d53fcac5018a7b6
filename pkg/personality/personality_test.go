package personality_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/policy"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/vhost"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// rabbitmqctl runs a command line of rabbitmqctl against the server.
func rabbitmqctl(t *testing.T, url string, words ...string) (out, errs string, err error) {
	t.Helper()
	return onApp(t, url, func(*app.App) {}, words...)
}

// onApp runs rabbitmqctl with an app that the function change has modified.
func onApp(t *testing.T, url string, change func(*app.App), words ...string) (out, errs string, err error) {
	t.Helper()
	streams, stdout, stderr := iostreams.Test("")
	env := []string{brokertest.NoHome, "RABBITCTL_URL=" + url, "RABBITCTL_USERNAME=monitor",
		"RABBITCTL_PASSWORD=secret"}
	a := app.New(streams, env, "test")
	change(a)
	a.UseFlags(t.Context(), nil, true)
	commands := slices.Concat(queue.Commands(), policy.Commands(), vhost.Commands())
	err = personality.Run(t.Context(), a, among(commands), "rabbitmqctl", words)
	return stdout.String(), stderr.String(), err
}

func TestPoliciesByPriority(t *testing.T) {
	s := brokertest.New(t)
	s.JSON("GET /api/policies/%2F?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cdefinition%2Cpriority", 200,
		`[{"vhost":"/","name":"a","pattern":".*","apply-to":"queues","definition":{"max-length": 9},"priority":10},
		{"vhost":"/","name":"b","pattern":"^b","apply-to":"all","definition":{"ha":true},"priority":2}]`)
	out, errs, err := rabbitmqctl(t, s.URL, "list_policies")
	const want = "Listing policies for vhost \"/\" ...\nvhost\tname\tpattern\tapply-to\tdefinition\tpriority\n" +
		"/\tb\t^b\tall\t{\"ha\":true}\t2\n/\ta\t.*\tqueues\t{\"max-length\":9}\t10\n"
	if out != want || errs != "" || err != nil {
		t.Errorf("%q %q %v, want %q", out, errs, err, want)
	}
}

func TestMissingVHost(t *testing.T) {
	const notFound = `{"error":"Object Not Found","reason":"Not Found"}`
	s := brokertest.New(t)
	s.JSON("GET /api/policies/nowhere?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cdefinition%2Cpriority", 404, notFound)
	out, errs, err := rabbitmqctl(t, s.URL, "list_policies", "-p", "nowhere")
	if out != "Listing policies for vhost \"nowhere\" ...\n" || errs != "Virtual host 'nowhere' does not exist\n" ||
		fail.KindOf(err) != fail.Data {
		t.Errorf("%q %q %v", out, errs, err)
	}
	s.JSON("GET /api/queues/nowhere?columns=name&disable_stats=true", 404, notFound)
	out, errs, err = rabbitmqctl(t, s.URL, "list_queues", "-p", "nowhere", "name")
	if out != "Timeout: 60.0 seconds ...\nListing queues for vhost nowhere ...\n" || errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
}

// TestEmptyVHost: the API takes an empty name of a virtual host for all virtual hosts, so rabbitctl must not send one.
func TestEmptyVHost(t *testing.T) {
	s := brokertest.New(t)
	out, errs, err := rabbitmqctl(t, s.URL, "-q", "list_queues", "-p", "", "name")
	if out != "" || errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
}

// TestRefusedBeforeAnyRequest has command lines that are refused before a request is sent.
func TestRefusedBeforeAnyRequest(t *testing.T) {
	s := brokertest.New(t)
	for typed, want := range map[string]string{
		"list_queues foo name,bar":         "Error (argument validation): Info key(s) foo,bar are not supported\nArguments given:\n\tlist_queues foo name,bar\n\nUsage\n\nrabbitmqctl [--node <node>]",
		"list_policies x":                  "Error (argument validation): too many arguments.\n",
		"list_queues -t abc":               "Error (argument validation): Invalid options for this command:\n-t : abc\n",
		"list_vhosts --pad-to-header=what": "Error (argument validation): Invalid options for this command:\n--pad-to-header : what\n",
		"lisst_queues":                     "\nCommand 'lisst_queues' not found. \nDid you mean 'list_queues'? \n",
		"zzz":                              "\nCommand 'zzz' not found. \n\nUsage\n",
	} {
		out, errs, err := rabbitmqctl(t, s.URL, strings.Fields(typed)...)
		if out != "" || !strings.HasPrefix(errs, want) || fail.KindOf(err) != fail.Usage || !fail.IsShown(err) {
			t.Errorf("%s: %q %q %v, want %q", typed, out, errs, err, want)
		}
	}
	out, errs, err := rabbitmqctl(t, s.URL, "exec", "1")
	if out != "" || !strings.Contains(errs, "runs Elixir inside the tool itself") || fail.KindOf(err) != fail.Unavailable {
		t.Errorf("exec: %q %q %v", out, errs, err)
	}
}

// TestNoBroker: without a broker no banner is printed, because the real tool asks the node before it prints one.
func TestNoBroker(t *testing.T) {
	out, errs, err := rabbitmqctl(t, "http://127.0.0.1:1", "list_vhosts")
	if out != "" || !strings.HasPrefix(errs, "Error: unable to perform an operation on node 'rabbit@127.0.0.1'.") ||
		fail.KindOf(err) != fail.Unavailable {
		t.Errorf("%q %q %v", out, errs, err)
	}
}

func TestNamed(t *testing.T) {
	for path, want := range map[string]bool{"/usr/sbin/rabbitmqctl": true, "rabbitmq-diagnostics": true,
		"rabbitctl": false, "/x/rabbitmqctl.d": false} {
		if _, ok := personality.Named(path); ok != want {
			t.Errorf("%s: %v", path, ok)
		}
	}
}
