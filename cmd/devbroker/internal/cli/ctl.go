package cli

import (
	"context"
	"os"
	"os/exec"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/container"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/node"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func newCtl(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ctl NAME[/N] -- TOOL [ARG...]",
		Short: "Run the broker's own command-line tool against a node",
		Long: `Runs rabbitmqctl, rabbitmq-diagnostics, rabbitmq-queues, rabbitmq-streams, rabbitmq-plugins or
rabbitmq-upgrade of the broker's release against the node, with its cookie, node name and a UTF-8 locale. It also runs
rabbitmqadmin, the Python script that the node's management plugin serves (3.10 and 4.0). devbroker replaces itself
with the tool: its streams and exit code are passed on.`,
		Example: `  devbroker ctl rabbit-3.10 -- rabbitmqctl list_queues name messages
  devbroker ctl rabbit-3.10 -- rabbitmqctl set_disk_free_limit 1000GB
  devbroker ctl rabbit-4.3-x3/2 -- rabbitmq-diagnostics -q ping`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := parseTarget(args[0])
			if err != nil {
				return err
			}
			args = args[1:]
			if len(args) > 0 && args[0] == "--" {
				args = args[1:]
			}
			if len(args) == 0 {
				return fail.Usagef("no tool given").Next("for example: devbroker ctl %s -- rabbitmqctl status", t.name)
			}
			if args[0] != "rabbitmqadmin" {
				if _, err := node.ToolArgv(state.Broker{}, args[0], nil); err != nil {
					return err
				}
			}
			b, err := e.broker(t.name)
			if err != nil {
				return err
			}
			n, err := t.first(b)
			if err != nil {
				return err
			}
			return e.becomeTool(cmd.Context(), b, n, args[0], args[1:])
		},
	}
	// Everything after the target is for the tool, also flags.
	cmd.Flags().SetInterspersed(false)
	return cmd
}

// becomeTool replaces this process with the tool. It returns only if that fails.
func (e *env) becomeTool(ctx context.Context, b state.Broker, n state.Node, tool string, args []string) error {
	engine, err := e.engine(nil)
	if err != nil {
		return err
	}
	if err := engine.KeepEpmd(ctx, b); err != nil {
		return err
	}
	argv, view, err := e.toolArgv(ctx, b, n, tool, args)
	if err != nil {
		return err
	}
	env := node.Environment(b, n)
	if b.Source == state.Docker {
		// docker needs the caller's own settings to find its engine.
		env = os.Environ()
	}
	if terminal := e.getenv("TERM"); terminal != "" {
		env = append(env, "TERM="+terminal)
	}
	dir, err := os.Getwd()
	if err != nil {
		dir = "/"
	}
	if err := node.WithFiles(view, dir).Exec(argv, env, dir); err != nil {
		return fail.New(fail.Unavailable, "%s of %s: %w", tool, b.Name, err)
	}
	return nil
}

// toolArgv returns the command line of the tool, and the view that the tool has of the file system.
func (e *env) toolArgv(ctx context.Context, b state.Broker, n state.Node, tool string,
	args []string) ([]string, process.View, error) {
	if tool != "rabbitmqadmin" && b.Source == state.Docker {
		argv, err := container.ToolArgv(b, n, append([]string{tool}, args...))
		return argv, process.View{}, err
	}
	if tool != "rabbitmqadmin" {
		argv, err := node.ToolArgv(b, tool, args)
		return argv, node.View(b), err
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		return nil, process.View{}, fail.New(fail.Unavailable, "rabbitmqadmin needs python3, which is not in the PATH")
	}
	script, err := node.Rabbitmqadmin(ctx, b, n)
	if err != nil {
		return nil, process.View{}, err
	}
	argv := append([]string{python, script, "--host", "127.0.0.1", "--port", strconv.Itoa(n.Ports.Management)}, args...)
	return argv, process.View{}, nil
}

// runTool returns a function that runs a tool in a devbroker process of its own and returns the tool's output.
func runTool(store state.Store) func(context.Context, state.Broker, state.Node, ...string) (string, error) {
	return func(ctx context.Context, b state.Broker, n state.Node, args ...string) (string, error) {
		self, err := os.Executable()
		if err != nil {
			return "", err
		}
		cmd := exec.CommandContext(ctx, self, append([]string{"ctl", nodeTarget(b, n), "--"}, args...)...)
		cmd.Env = append(os.Environ(), "DEVBROKER_STATE="+store.Dir)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
}
