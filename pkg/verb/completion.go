package verb

import (
	"context"
	"sort"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// CompletionBudget is how long completion may wait for a broker or a file.
const CompletionBudget = 2 * time.Second

// complete makes a flag offer live names. It calls the function names for them at the moment of completion.
func complete(cmd *cobra.Command, a *app.App, flag string, names func(context.Context, *app.App) ([]string, error)) {
	// The error is ignored: it would mean that the flag does not exist, which the test of the command tree would find.
	_ = cmd.RegisterFlagCompletionFunc(flag,
		func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
			return live(cmd, a, prefix, names)
		})
}

// Takes adds these arguments, with completion, to a command that is neither a List, a Check nor a Change.
func Takes(cmd *cobra.Command, a *app.App, args ...Arg) {
	cmd.Args = Exactly(args...)
	completeArgs(cmd, a, args, "/")
}

// completeArgs makes positional arguments offer live names. If no virtual host is given, they look in the virtual host
// of the parameter otherwise.
func completeArgs(cmd *cobra.Command, a *app.App, args []Arg, otherwise string) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, got []string, prefix string) ([]string, cobra.ShellCompDirective) {
		at := len(got)
		if repeats(args) {
			at = min(at, len(args)-1)
		}
		if at < len(args) && len(args[at].Words) > 0 {
			return args[at].Words, cobra.ShellCompDirectiveNoFileComp
		}
		if at < len(args) && args[at].OnNode != nil {
			return live(cmd, a, prefix, func(ctx context.Context, a *app.App) ([]string, error) {
				node, err := a.Node("")
				if err != nil {
					return nil, err
				}
				defer node.Close()
				return args[at].OnNode(ctx, node)
			})
		}
		if at >= len(args) || args[at].Complete == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return live(cmd, a, prefix, func(ctx context.Context, a *app.App) ([]string, error) {
			vhost, err := scope(a, otherwise)
			if err != nil {
				return nil, err
			}
			client, err := a.Broker()
			if err != nil {
				return nil, err
			}
			return args[at].Complete(ctx, client, vhost)
		})
	}
}

// live asks for names within CompletionBudget. After a failure it offers nothing, because an error text must not appear
// at the prompt.
func live(cmd *cobra.Command, a *app.App, prefix string,
	names func(context.Context, *app.App) ([]string, error)) ([]string, cobra.ShellCompDirective) {
	ctx := cmd.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	// The files with settings must not delay completion either.
	ctx, cancel := context.WithTimeout(ctx, CompletionBudget)
	defer cancel()
	a.UseFlags(ctx, cmd.Flags(), false)
	all, err := names(ctx, a)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, n := range all {
		// The shell shows a completion unchanged, so do not offer names with characters that control or deceive a terminal.
		if strings.HasPrefix(n, prefix) && render.Escape(n) == n {
			out = append(out, n)
		}
	}
	sort.Strings(out)
	directive := cobra.ShellCompDirectiveNoFileComp
	if len(out) > 0 && strings.HasSuffix(out[0], "=") {
		directive |= cobra.ShellCompDirectiveNoSpace // a value follows
	}
	return out, directive
}

// ofChecks is the key of the annotation that marks a command with the formats of checks.
const ofChecks = "rabbitctl.formats-of-checks"

// CompleteFormats offers the formats of the command on the command line. It belongs to --formatter, a flag of the root.
func CompleteFormats(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	helps := render.Formats()
	if cmd.Annotations[ofChecks] != "" {
		helps = CheckFormats()
	}
	var out []string
	for _, h := range helps {
		out = append(out, cobra.CompletionWithDesc(string(h.Format), h.Text))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeColumns offers each column name alone, and also after each of the prefixes in before, as in "-messages".
func completeColumns(t record.Table, before ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, got []string, prefix string) ([]string, cobra.ShellCompDirective) {
		var out []string
		for _, c := range t.Columns {
			for _, b := range append([]string{""}, before...) {
				if strings.HasPrefix(b+c.Name, prefix) {
					out = append(out, cobra.CompletionWithDesc(b+c.Name, c.Help))
				}
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeColumnList offers column names for the last name in a list that is separated by commas.
func completeColumnList(t record.Table, before ...string) cobra.CompletionFunc {
	one := completeColumns(t, before...)
	return func(cmd *cobra.Command, got []string, prefix string) ([]string, cobra.ShellCompDirective) {
		last := strings.LastIndexByte(prefix, ',') + 1
		out, directive := one(cmd, got, prefix[last:])
		for i := range out {
			out[i] = prefix[:last] + out[i]
		}
		return out, directive
	}
}

// vhostNames returns the virtual hosts that the user may see.
func vhostNames(ctx context.Context, a *app.App) ([]string, error) {
	client, err := a.Broker()
	if err != nil {
		return nil, err
	}
	return record.Texts(client.VHosts(ctx, record.Named("name")))
}
