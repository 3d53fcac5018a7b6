package node

import "github.com/rabbitctl/rabbitctl/pkg/verb"

func remoteShell() verb.Shell {
	return verb.Shell{
		Name:  "remote_shell",
		Short: "Run Erlang code on a node, line by line",
		Long: `Run Erlang code on a node, line by line, and print its output and its values. Variables are kept from one
expression to the next. An expression can have several lines and ends with a full stop. q(). or Ctrl-D ends the shell,
not the node; f(). forgets the variables; the arrow keys bring earlier lines back. Records and the other commands of
Erlang's own shell are not there.

The Erlang cookie gives all rights on the node, and no permission limits what is typed. Ctrl-C while an expression
runs ends the shell, but the node still completes the expression. The expressions can also come from a file or a pipe,
as standard input: then the first failure ends the shell. A line of --journal says that there was a shell, not what was
typed. --timeout limits only the time to connect.` + overErlang,
		Example: `  rabbitctl remote_shell --node rabbit@b
  printf "rabbit:is_running().\n" | rabbitctl remote_shell`,
	}
}
