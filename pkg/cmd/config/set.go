package contexts

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// passwordStdin is a flag of every command. config set stores the password that is read with this flag.
const passwordStdin = "password-stdin"

func set(a *app.App) *cobra.Command {
	var prompt bool
	cmd := &cobra.Command{
		Use:   "set NAME KEY=VALUE ...",
		Short: "Create or change a context",
		Long: `Create or change a context of the configuration file, and print the result: created, changed or
unchanged. KEY= removes a key. A password on the command line is refused, because every user of the machine could read
it: use --password-prompt or --password-stdin, which store the password in the file, or name its source with
password_file or password_command. One source of a password replaces another, and url replaces host, port, tls and
path_prefix. In a context with a url these four are refused, unless url= in the same command removes it. An option that
has the name of a key, such as --url or --timeout, is refused: write url=URL. Of these options only --formatter is
allowed, for the output of this command. See rabbitctl config --help for the keys.`,
		Example: `  rabbitctl config set prod url=https://mq.example.com:15671 username=ops cacert=~/ca.pem --password-prompt
  rabbitctl config set prod password_command='pass show mq/prod' protected=true
  rabbitctl config set prod vhost=
  pass show mq/prod | rabbitctl config set prod --password-stdin`,
		Args: nameFirst,
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := open(cmd, a)
			if err != nil {
				return err
			}
			if err := refuseContextFlags(cmd); err != nil {
				return err
			}
			var change config.Change
			for _, text := range args[1:] {
				if err := change.ParseAssignment(text); err != nil {
					return err
				}
			}
			if err := d.readPassword(cmd, args[0], prompt, &change); err != nil {
				return err
			}
			if len(change.Set)+len(change.Unset) == 0 {
				return fail.Usagef("no change given for context %s", args[0]).Next("usage: %s", cmd.UseLine())
			}
			return d.set(cmd.Context(), args[0], change)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return completeOwn(a)(cmd, args, prefix)
			}
			return completeKeys(args[1:], prefix)
		},
	}
	cmd.Flags().BoolVar(&prompt, "password-prompt", false, "ask for the password, and store it in the file")
	return cmd
}

func nameFirst(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fail.Usagef("NAME is missing").Next("usage: %s", cmd.UseLine())
	}
	if key, _, found := strings.Cut(args[0], "="); found {
		return fail.Usagef("NAME is missing before %s=", key).Next("usage: %s", cmd.UseLine())
	}
	return nil
}

// refuseContextFlags refuses flags such as --username, because config set stores only KEY=VALUE arguments. It allows
// --formatter, which is for the output of config set itself.
func refuseContextFlags(cmd *cobra.Command) error {
	for _, o := range config.ContextKeys() {
		f := cmd.Flags().Lookup(o.Flag)
		if f != nil && f.Changed && o.Flag != "formatter" {
			value := "VALUE"
			if v := f.Value.String(); v != "" && o.Kind != config.Bool {
				value = fail.Word(v)
			}
			return fail.Usagef("--%s does not change the context", o.Flag).Next("write %s=%s, without the dashes", o.Key, value)
		}
	}
	return nil
}

// readPassword adds a password to the change, if --password-stdin or --password-prompt is given.
func (d *session) readPassword(cmd *cobra.Command, name string, prompt bool, change *config.Change) error {
	stdin := cmd.Flags().Lookup(passwordStdin)
	piped := stdin != nil && stdin.Changed && stdin.Value.String() == "true"
	switch {
	case piped && prompt:
		return fail.Usagef("--password-prompt and --%s exclude each other", passwordStdin)
	case piped && d.IO.InTTY:
		return fail.Usagef("standard input is a terminal, which would show the password").
			Next("--password-prompt asks without showing it")
	case piped:
		return d.setPassword(cmd.Context(), change, d.IO.In)
	case !prompt:
		return nil
	case !d.IO.CanPrompt():
		return fail.Usagef("--password-prompt cannot ask: there is no terminal").
			Next("--%s reads the password from standard input", passwordStdin)
	}
	text, err := d.AskSecret(cmd.Context(), fmt.Sprintf("Password to store in context %s: ", name))
	switch {
	case fail.KindOf(err) == fail.Timeout:
		return err
	case err != nil:
		return fail.New(fail.Canceled, "no password was entered")
	}
	return d.setPassword(cmd.Context(), change, strings.NewReader(text))
}

func (d *session) setPassword(ctx context.Context, change *config.Change, from io.Reader) error {
	ctx, cancel := d.within(ctx)
	defer cancel()
	return change.SetPassword(ctx, from)
}

func (d *session) set(ctx context.Context, name string, change config.Change) error {
	ctx, cancel := d.within(ctx)
	defer cancel()
	replaced := change.Replace()
	// config.List fails if other users can read the file. The command goes on all the same, since SetContext repairs such
	// a file.
	before, listErr := config.List(d.in)
	result, err := config.SetContext(ctx, d.base.File, name, change, d.Getenv)
	if err != nil {
		return err
	}
	if err := d.outcome(string(result), field("context", name), field("file", d.base.File)); err != nil || listErr != nil {
		return err
	}
	old, exists := find(before, name)
	if exists && old.File == d.base.File {
		for _, key := range slices.Sorted(maps.Keys(replaced)) {
			if _, had := old.Get(key); had {
				d.note("note", fmt.Sprintf("%s was removed: %s replaces it", key, replaced[key]))
			}
		}
		return nil
	}
	if exists {
		d.note("note", fmt.Sprintf("the new context hides context %s of %s", name, old.File))
	}
	if before.File.DefaultContext == "" {
		d.note("note", fmt.Sprintf("--context %s uses it; rabbitctl config use %s makes it the default", name, name))
	}
	return nil
}

func find(l *config.Listing, name string) (config.Context, bool) {
	for _, c := range l.Contexts {
		if c.Name == name {
			return c, true
		}
	}
	return config.Context{}, false
}
