package check_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func bundleFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "checks.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The command reports what is wrong with a file before it sends anything: the fake broker fails the test on any
// request.
func TestCheckBundle_fileRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                            "it holds no [[check]]",
		"[[chekc]]\nname='x'":         `unknown key "chekc", did you mean "check"?`,
		"check = 'x'":                 "it holds no [[check]]",
		"check = ['x']":               "check 1 is not a table",
		"[[check]]\nname = ":          "line 2: ",
		"[[check]]\nwarning='2x'":     "check 1: it has no name",
		"[[check]]\nname=5":           "check 1: name must be a text that is not empty",
		"[[check]]\nname='check_dsk'": `no check "check_dsk", did you mean "check_disk"?`,
		"[[check]]\nname='check'":     `no check "check"`,
		"[[check]]\nname='check_disk'\nwarnign='2x'":     `check_disk: no flag "warnign", did you mean "warning"?`,
		"[[check]]\nname='check_disk'\nwarning='twice'":  "check_disk: --warning: ",
		"[[check]]\nname='check_disk'\nwarning=[['2x']]": "check 1: key warning: its value may be a list, but not a list of lists",
		"[[check]]\nname='check_disk'\nwarning={a=1}":    "check 1: key warning: a table cannot be the value",
		"[[check]]\nname='check_disk'\nhorizon='4h'\nstate='/tmp/s'\n" +
			"[[check]]\nname='check_queues'\nmax-ready=5\nstate='/tmp/s'": "check_disk and check_queues have the same state file, /tmp/s",
		"[[check]]\nname='check_disk'\nvhost='/'":                   "check_disk is not about virtual hosts",
		"[[check]]\nname='check_port_listener'":                     "check_port_listener: PORT is missing",
		"[[check]]\nname='check_port_listener'\narguments=['.']":    `"." is not a port`,
		"[[check]]\nname='check_protocol_listener'\narguments=['']": `"" is not a protocol`,
		"[[check]]\nname='check_for_quorum_queues_without_an_elected_leader'\narguments=['.']": `PATTERN: the HTTP API does ` +
			`not take the pattern "."`,
		"[[check]]\nname='check_alarms'\narguments=['x']":          `check_alarms: unexpected argument "x"`,
		"[[check]]\nname='check_alarms'\nwarning=1":                `check_alarms: no flag "warning"`,
		"[[check]]\nname='check_certificates'\nwarning='tomorrow'": `check_certificates: the value of warning: "tomorrow" is not a whole number`,
	} {
		got := cmdtest.Run{Commands: check.Commands()}.Do(t, brokertest.New(t), "check", "--file", bundleFile(t, text))
		if kindOf(got.Error) != fail.Usage || !strings.Contains(got.Error.Error(), want) ||
			strings.Contains(got.Error.Error(), "\n") {
			t.Errorf("%q: %v", text, got.Error)
		}
	}
}

func TestCheckBundle_file(t *testing.T) {
	t.Parallel()
	file := bundleFile(t, `
[[check]]
name = "check_port_listener"
arguments = [5672]

[[check]]
name = "check_disk"
warning = "3x"
critical = 0

[[check]]
name = "check_port_listener"
arguments = ["5671"]

[[check]]
name = "check_shovels"
vhost = "prod"
missing = "warning"
`)
	answers := func(s *brokertest.Server) {
		s.JSON(checksAt+"port-listener/5672", 200, brokertest.NoAlarm)
		s.JSON(checksAt+"port-listener/5671", 503,
			`{"status":"failed","reason":"No active listener","missing":5671,"ports":[5672]}`)
		s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
		s.JSON(brokertest.AskNodes, 200,
			`[{"name":"rabbit@a","running":true,"disk_free":100000000,"disk_free_limit":50000000,"disk_free_alarm":false}]`)
		s.JSON("GET /api/parameters?columns=component%2Cvhost%2Cname", 200, `[]`)
		s.JSON("GET /api/shovels/prod?columns=vhost%2Cname%2Cstate%2Cblocked_status%2Creason", 401, brokertest.Recorded(t,
			"4.3", "401-monitor"))
	}
	for format, want := range map[string][]string{
		"nagios": {
			"CRITICAL - check_port_listener_2: the node that answers does not listen on port 5671, but on 5672 (of 4 checks 1 CRITICAL, 1 WARNING, 1 UNKNOWN, 1 OK) | check_disk.rabbit@a_free=100000000B;150000000:;;0",
			"\nCRITICAL check_port_listener_2: ", "\nWARNING check_disk: ",
			"\nUNKNOWN check_shovels: user monitor may not see this", "\nOK check_port_listener: "},
		"prometheus": {`rabbitctl_check_status{check="check"} 2`, `rabbitctl_check_status{check="check_port_listener"} 0`,
			`rabbitctl_check_status{check="check_port_listener_2"} 2`,
			`rabbitctl_check_status{check="check_disk"} 1`, `rabbitctl_check_status{check="check_shovels"} 3`,
			`rabbitctl_check_figure{check="check_disk",label="rabbit@a_free",unit="B"} 100000000`},
		"json": {`"check": "check_port_listener_2"`, `"status": "CRITICAL"`},
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			answers(s)
			got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check", "--file", file, "-o", format)
			if kindOf(got.Error) != fail.Critical {
				t.Error(got.Error)
			}
			for _, w := range want {
				if !strings.Contains(got.Out, w) {
					t.Errorf("%q is not in\n%s", w, got.Out)
				}
			}
		})
	}
}

// If one check never ends, the others still give their verdicts, and it becomes UNKNOWN when the time is over.
func TestCheckBundle_oneHangs(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.Handle(checksAt+"virtual-hosts", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	s.JSON(checksAt+"local-alarms", 200, brokertest.NoAlarm)
	file := bundleFile(t, "[[check]]\nname='check_virtual_hosts'\n[[check]]\nname='check_local_alarms'")
	got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check", "--file", file, "--timeout", "1")
	if kindOf(got.Error) != fail.Unknown || !strings.Contains(got.Out,
		"UNKNOWN check_virtual_hosts: http://BROKER did not answer in time") || !strings.Contains(got.Out,
		"OK check_local_alarms") {
		t.Errorf("%v\n%s", got.Error, got.Out)
	}
}
