package personality_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// TestDistant compares output and exit codes with those of rabbitmqctl of 3.10 and 4.3, recorded on real nodes.
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
		"rabbit_disk_monitor:set_enabled/1": ok, "rabbit_maintenance:drain/0": ok, "rabbit_maintenance:revive/0": ok,
		"rabbit_maintenance:suspend_all_client_listeners/0": ok, "rabbit_maintenance:resume_all_client_listeners/0": ok,
		"rabbit:stop_and_halt/0": ok, "os:getpid/0": term(`"1234"`),
		"rabbit:start/0":    term(`{error,{inconsistent_cluster,"text"}}`),
		"erl_scan:string/1": term("{ok,[t],1}"), "erl_parse:parse_exprs/1": term("{ok,[f]}"),
		"io_lib:format/2": term(`"{error,x}"`),
		"erl_eval:exprs/2": func(c *nodetest.Call) erlang.Term {
			c.Print("hi\n")
			return erlang.Tuple{erlang.Atom("value"), erlang.Tuple{erlang.Atom("error"), erlang.Atom("x")}, erlang.List{}}
		},
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	stopped := (&nodetest.Node{Calls: map[string]func(*nodetest.Call) erlang.Term{
		"rabbit_db:reset/0": ok, "rabbit_db:force_reset/0": term(`{error,"Forced reset is unsupported with Khepri"}`),
		"rabbit_db:force_load_on_next_boot/0": term("{error,unsupported_with_khepri}"),
		"rabbit:is_running/0":                 term("false"), "erl_scan:string/1": term("{ok,[t],1}"), "erl_parse:parse_exprs/1": term("{ok,[f]}"),
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
		{n, "drain", "Will put node rabbit@localhost into maintenance mode. The node will no longer serve any client traffic!\n", "", ""},
		{n, "revive", "Will put node rabbit@localhost back into regular operating mode. The node will again serve client traffic and host primary queue replicas.\n", "", ""},
		{n, "revive --formatter json", `{"node":"rabbit@localhost","result":"ok"}` + "\n", "", ""},
		{n, "suspend_listeners", "Will suspend client connection listeners on node rabbit@localhost. The node will no longer accept client connections!\n", "", ""},
		{n, "resume_listeners", "Will resume client connection listeners on node rabbit@localhost. The node will now accept client connections\n", "", ""},
		{n, "resume_listeners x", "", "Error (argument validation): too many arguments.", fail.Usage},
		{n, "reset", "", "Error: this command requires the 'rabbit' app to be stopped on the target node. Stop it with 'rabbitmqctl stop_app'.\nArguments given:\n", fail.Usage},
		{n, "force_boot", "", "requires the 'rabbit' app to be stopped", fail.Usage},
		{n, "shutdown --no-wait", "", "", ""},
		{n, "stop /a/file", "Stopping and halting node rabbit@localhost ...\n", "", ""},
		{stopped, "reset", "Resetting node rabbit@localhost ...\n", "", ""},
		{stopped, "force_reset", "Forcefully resetting node rabbit@localhost ...\n",
			"Error:\nForced reset is unsupported with Khepri\n",
			fail.Unavailable},
		{stopped, "force_boot", "", "note: nothing was changed: a node that keeps its metadata in Khepri", ""},
		{stopped, "drain", "Will put node rabbit@localhost into maintenance mode. The node will no longer serve any client traffic!\n",
			"Error:\nMaintenance mode is not supported by node rabbit@localhost\n", fail.Usage},
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

// toolOf returns the first official tool that has the command, or rabbitmqctl if none has it.
func toolOf(command string) string {
	if tool, ok := personality.ToolOf(command); ok {
		return tool
	}
	return "rabbitmqctl"
}

// distantly runs rabbitctl under the name of an official tool, against a node without a management API.
func distantly(t *testing.T, n *nodetest.Node, words ...string) (out, errs string, err error) {
	t.Helper()
	return withCookie(t, n, "secret", words...)
}

func withCookie(t *testing.T, n *nodetest.Node, secret string, words ...string) (out, errs string, err error) {
	t.Helper()
	return toolWithCookie(t, n, toolOf(words[0]), secret, words...)
}

// distantlyBy does the same as distantly, with this tool.
func distantlyBy(t *testing.T, n *nodetest.Node, tool string, words ...string) (out, errs string, err error) {
	t.Helper()
	return toolWithCookie(t, n, tool, "secret", words...)
}

func toolWithCookie(t *testing.T, n *nodetest.Node, tool, secret string, words ...string) (out, errs string,
	err error) {
	t.Helper()
	return toolAt(t, "http://127.0.0.1:1", n, tool, secret, words...)
}

// toolAt runs an official tool with the URL of a broker, its node, and secret as the Erlang cookie.
func toolAt(t *testing.T, url string, n *nodetest.Node, tool, secret string, words ...string) (out, errs string,
	err error) {
	t.Helper()
	cookie := filepath.Join(t.TempDir(), "cookie")
	if err := os.WriteFile(cookie, []byte(secret), 0o400); err != nil {
		t.Fatal(err)
	}
	streams, stdout, stderr := iostreams.Test("")
	a := app.New(streams, []string{brokertest.NoHome, "RABBITCTL_URL=" + url,
		"RABBITCTL_ERLANG_COOKIE_FILE=" + cookie, fmt.Sprintf("RABBITCTL_EPMD_PORT=%d", n.EpmdPort)}, "test")
	a.UseFlags(t.Context(), nil, true)
	args := append([]string{"-n", "rabbit@localhost"}, words...)
	err = personality.Run(t.Context(), a, among(queue.Commands()), tool, args)
	return stdout.String(), stderr.String(), err
}

// TestDistant_otherCookie: with a wrong cookie, the command fails like an official tool that cannot reach its node.
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

// TestShutdown: shutdown prints which process it waits for, and ends when the node accepts no more connections.
func TestShutdown(t *testing.T) {
	t.Parallel()
	n := &nodetest.Node{}
	n.Calls = map[string]func(*nodetest.Call) erlang.Term{
		"os:getpid/0": func(*nodetest.Call) erlang.Term { return erlang.String("1234") },
		"rabbit:stop_and_halt/0": func(*nodetest.Call) erlang.Term {
			n.Close()
			n.Cut()
			return erlang.Atom("ok")
		},
	}
	n.Start(t)
	out, errs, err := distantly(t, n, "shutdown")
	if out != "Shutting down RabbitMQ node rabbit@localhost running at PID 1234\nWaiting for PID 1234 to terminate\n"+
		"RabbitMQ node rabbit@localhost running at PID 1234 successfully shut down\n" || errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
	out, errs, err = distantly(t, n, "stop", "--idempotent")
	if out != "Stopping and halting node rabbit@localhost ...\nNode rabbit@localhost is no longer running\n" || errs != "" ||
		err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
	if _, errs, err := distantly(t, n, "stop"); fail.KindOf(err) != fail.Unavailable ||
		!strings.Contains(errs, "unable to perform an operation on node 'rabbit@localhost'") {
		t.Errorf("%q %v", errs, err)
	}
}

// TestAwaitStartup: while a node boots and its API does not answer yet, the command asks the node itself.
func TestAwaitStartup(t *testing.T) {
	t.Parallel()
	ends := erlang.Term(erlang.Atom("ok"))
	n := (&nodetest.Node{Calls: map[string]func(*nodetest.Call) erlang.Term{
		"rabbit:await_startup/3": func(c *nodetest.Call) erlang.Term {
			got := erlang.Text(erlang.List(c.Args))
			if got != "[rabbit@localhost,true,299500]" && got != "[rabbit@localhost,false,1800]" {
				t.Errorf("arguments %s", got)
			}
			if c.Args[1] == erlang.Atom("true") {
				c.Print("Waiting for the node\n")
			}
			return ends
		}}}).Start(t)
	if out, errs, err := distantly(t, n, "await_startup"); out != "Waiting for the node\n" || errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
	ends = erlang.Tuple{erlang.Atom("error"), erlang.Atom("rabbit_is_not_running")}
	if out, errs, err := distantly(t, n, "await_startup", "-q", "-t", "2"); out != "" ||
		!strings.HasPrefix(errs, "Error:\nrabbit_is_not_running\n") || fail.KindOf(err) != fail.Unavailable {
		t.Errorf("%q %q %v", out, errs, err)
	}
}
