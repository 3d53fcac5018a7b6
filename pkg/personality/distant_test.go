package personality_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// TestDistant has what rabbitmqctl of 3.10 and 4.3 prints, and its exit codes, recorded on real nodes.
func TestDistant(t *testing.T) {
	t.Parallel()
	ok := func(*nodetest.Call) erlang.Term { return erlang.Atom("ok") }
	term := func(text string) func(*nodetest.Call) erlang.Term {
		value, err := erlang.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return func(*nodetest.Call) erlang.Term { return value }
	}
	calls := map[string]func(*nodetest.Call) erlang.Term{
		"rabbit:is_running/0": term("true"), "rabbit_disk_monitor:set_disk_free_limit/1": ok,
		"vm_memory_monitor:set_vm_memory_high_watermark/1": ok, "rabbit:set_log_level/1": ok,
		"rabbit_runtime:gc_all_processes/0": ok, "rabbit:stop/0": ok,
		"rabbit_disk_monitor:set_enabled/1": ok,
		"rabbit:start/0":                    term(`{error,{inconsistent_cluster,"text"}}`),
		"erl_scan:string/1":                 term("{ok,[t],1}"), "erl_parse:parse_exprs/1": term("{ok,[f]}"),
		"io_lib:format/2": term(`"{error,x}"`),
		"erl_eval:exprs/2": func(c *nodetest.Call) erlang.Term {
			c.Print("hi\n")
			return erlang.Tuple{erlang.Atom("value"), erlang.Tuple{erlang.Atom("error"), erlang.Atom("x")}, erlang.List{}}
		},
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	stopped := (&nodetest.Node{Calls: map[string]func(*nodetest.Call) erlang.Term{
		"rabbit:is_running/0": term("false"), "erl_scan:string/1": term("{ok,[t],1}"), "erl_parse:parse_exprs/1": term("{ok,[f]}"),
		"erl_eval:exprs/2": term(`{badrpc,{'EXIT',{undef,[{a,b,[],[{file,"x.erl"}]}]}}}`)}}).Start(t)
	for _, c := range []struct {
		node           *nodetest.Node
		line, out, err string
		kind           fail.Kind
	}{
		{n, "set_disk_free_limit 60MB", "Setting disk free limit on rabbit@localhost to 60MB bytes ...\n", "", ""},
		{n, "set_disk_free_limit -1", "Setting disk free limit on rabbit@localhost to -1 bytes ...\n", "", ""},
		{n, "set_disk_free_limit mem_relative 1", "Setting disk free limit on rabbit@localhost to 1 times the total RAM ...\n", "", ""},
		{n, "set_disk_free_limit 1GB -q", "", "", ""},
		{n, "set_disk_free_limit 10TB", "", "Error (argument validation): Bad argument.\nArguments given:\n", fail.Data},
		{n, "set_disk_free_limit mem_relative", "", "Error (argument validation): not enough arguments.", fail.Usage},
		{n, "set_disk_free_limit 1 2", "", "Error (argument validation): too many arguments.", fail.Usage},
		{n, "set_disk_free_limit 50MB --formatter json", `{"node":"rabbit@localhost","result":"ok"}` + "\n", "", ""},
		{n, "set_vm_memory_high_watermark 0.5", "Setting memory threshold on rabbit@localhost to 0.5 ...\n", "", ""},
		{n, "set_vm_memory_high_watermark absolute 4GiB", "Setting memory threshold on rabbit@localhost to 4GiB bytes ...\n", "", ""},
		{n, "set_vm_memory_high_watermark 1.5", "", "Bad argument: The threshold should be a fraction between 0.0 and 1.0\n", fail.Data},
		{n, "set_vm_memory_high_watermark absolute 4.5GB", "", "Bad argument: The threshold should be an integer.\n",
			fail.Data},
		{n, "set_vm_memory_high_watermark absolute abc", "", "Bad argument.\n", fail.Data},
		{n, "set_log_level debug", "Setting log level to \"debug\" ...\n", "", ""},
		{n, "set_log_level bogus", "", "Error:\nlevel bogus is not supported. Try one of debug, info, warning, error, critical, none\n", fail.Unavailable},
		{n, "activate_free_disk_space_monitoring", "[Re-]activating free disk space monitoring on node rabbit@localhost...\n", "", ""},
		{n, "deactivate_free_disk_space_monitoring", "Deactivating free disk space monitoring on node rabbit@localhost...\n", "", ""},
		{n, "force_gc", "Will ask all processes on node rabbit@localhost to schedule a full sweep GC\n", "", ""},
		{n, "stop_app", "Stopping rabbit application on node rabbit@localhost ...\n", "", ""},
		{n, "start_app", "Starting node rabbit@localhost ...\n", "Error:\n{:inconsistent_cluster, ~c\"text\"}\n",
			fail.Unavailable},
		{n, "eval {error,x}.", "hi\n{error,x}\n", "", ""},
		{n, "eval {error,x}. --formatter json", "hi\n" + `{"node":"rabbit@localhost","result":"ok","value":["error","x"]}` + "\n", "", ""},
		{n, "eval", "", "Error:\nExpression to evaluate is not provided via argument or stdin\n", fail.Data},
		{stopped, "set_disk_free_limit 60MB", "", "Error: this command requires the 'rabbit' app to be running on the target node. Start it with 'rabbitmqctl start_app'.\nArguments given:\n", fail.Usage},
		{stopped, "eval a:b().", "", "Error:\n{:undef, [{:a, :b, [], [file: ~c\"x.erl\"]}]}\n", fail.Unavailable},
	} {
		out, errs, err := distantly(t, c.node, strings.Fields(c.line)...)
		if out != c.out || c.err == "" && errs != "" || !strings.Contains(errs, c.err) || fail.KindOf(err) != c.kind {
			t.Errorf("%s: %q %q %v, which is %s", c.line, out, errs, err, fail.KindOf(err))
		}
	}
	if got := strings.Join(n.Asked(), " "); strings.Count(got, "set_disk_free_limit") != 5 {
		t.Errorf("asked %s", got)
	}
}

// distantly runs rabbitmqctl against a node without HTTP.
func distantly(t *testing.T, n *nodetest.Node, words ...string) (out, errs string, err error) {
	t.Helper()
	cookie := filepath.Join(t.TempDir(), "cookie")
	if err := os.WriteFile(cookie, []byte("secret"), 0o400); err != nil {
		t.Fatal(err)
	}
	streams, stdout, stderr := iostreams.Test("")
	a := app.New(streams, []string{"HOME=" + t.TempDir(), "RABBITCTL_URL=http://127.0.0.1:1",
		"RABBITCTL_ERLANG_COOKIE_FILE=" + cookie, fmt.Sprintf("RABBITCTL_EPMD_PORT=%d", n.EpmdPort)}, "test")
	a.UseFlags(t.Context(), nil, true)
	err = personality.Run(t.Context(), a, nil, "rabbitmqctl", append([]string{"-n", "rabbit@localhost"}, words...))
	return stdout.String(), stderr.String(), err
}

// TestDistant_otherCookie ends as the tool does that cannot reach its node.
func TestDistant_otherCookie(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Cookie: "another"}).Start(t)
	out, errs, err := distantly(t, n, "stop_app")
	if out != "" || fail.KindOf(err) != fail.Unavailable || !strings.Contains(errs,
		"Error: unable to perform an operation on node 'rabbit@localhost'.") ||
		!strings.Contains(errs, "has another Erlang cookie") || strings.Contains(errs, "secret") {
		t.Errorf("%q %q %v", out, errs, err)
	}
}
