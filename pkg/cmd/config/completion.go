package contexts

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Complete completes the names of all contexts, for arguments and for --context.
func Complete(a *app.App) cobra.CompletionFunc {
	return completeNames(a, func(config.Context, *config.Listing) bool { return true })
}

// completeOwn completes the contexts that can be changed: those of rabbitctl's own file.
func completeOwn(a *app.App) cobra.CompletionFunc {
	return completeNames(a, func(c config.Context, l *config.Listing) bool { return c.File == l.File.Path })
}

func completeNames(a *app.App, wanted func(config.Context, *config.Listing) bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		in := input(cmd, a)
		ctx, cancel := context.WithTimeout(cmp.Or(in.Context, context.Background()), verb.CompletionBudget)
		defer cancel()
		in.Context = ctx
		l, err := config.List(in)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp // a message would break the command line that is being typed
		}
		var out []string
		for _, c := range l.Contexts {
			if !strings.HasPrefix(c.Name, prefix) || !wanted(c, l) || render.Escape(c.Name) != c.Name {
				continue
			}
			help := ""
			if e, err := c.Endpoint(); err == nil {
				help = e.String()
			}
			out = append(out, cobra.CompletionWithDesc(c.Name, help))
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

func oneName(names cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(cmd, args, prefix)
	}
}

// completeKeys completes the keys that are not on the command line yet, and the values of a key that has only a few.
func completeKeys(given []string, prefix string) ([]string, cobra.ShellCompDirective) {
	var out []string
	key, _, hasValue := strings.Cut(prefix, "=")
	for _, o := range config.ContextKeys() {
		start := o.Key + "="
		again := slices.ContainsFunc(given, func(text string) bool { return strings.HasPrefix(text, start) })
		switch {
		case again, hasValue && key != o.Key, !hasValue && !strings.HasPrefix(o.Key, prefix):
		case !hasValue && !o.Secret:
			out = append(out, cobra.CompletionWithDesc(start, o.Help))
		case hasValue:
			for _, v := range valuesOf(o) {
				if strings.HasPrefix(start+v, prefix) {
					out = append(out, start+v)
				}
			}
		}
	}
	if hasValue {
		return out, cobra.ShellCompDirectiveNoFileComp
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

func valuesOf(o config.Option) []string {
	var out []string
	switch {
	case o.Kind == config.Bool:
		out = []string{"true", "false"}
	case o.Key == "formatter":
		for _, f := range render.Formats() {
			out = append(out, string(f.Format))
		}
	}
	return out
}

func completeColumns(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, c := range table().Columns {
		if strings.HasPrefix(c.Name, prefix) {
			out = append(out, cobra.CompletionWithDesc(c.Name, c.Help))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func columnHelp() string {
	var b strings.Builder
	for _, c := range table().Columns {
		b.WriteString("  " + c.Name + strings.Repeat(" ", 11-len(c.Name)) + c.Help + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
