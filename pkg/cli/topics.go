package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/docs"
	"github.com/rabbitctl/rabbitctl/pkg/config"
)

// topics returns the help topics, which are not commands. Only the wanted topics get their whole text.
func topics(wanted func(name string) bool) []*cobra.Command {
	findings := &cobra.Command{Use: docs.Findings, Short: "What doctor finds, and what to do about each"}
	runbooks := &cobra.Command{Use: docs.Runbooks, Short: "What to do, step by step, from what you see"}
	for _, c := range []*cobra.Command{findings, runbooks} {
		// The whole text is expensive: all pages must be read for it.
		if c.Long = c.Short; wanted(c.Use) {
			c.Long = strings.TrimSpace(overview(c.Use))
		}
	}
	return []*cobra.Command{exitCodesTopic(), connectingTopic(), transportsTopic(), formatsTopic(), whereTopic(), findings,
		runbooks}
}

func exitCodesTopic() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "The exit codes, for scripts and monitoring", Long: exitCodes()}
}

func connectingTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString(`How rabbitctl finds a broker, strongest first:

  1. flags such as --url, --host and --username
  2. the context that --context names
  3. variables such as RABBITCTL_URL
  4. the context that RABBITCTL_CONTEXT names, else default_context of the configuration file, else, if no flag and no
     variable gives an address, the section default of ~/.rabbitmqadmin.conf
  5. http://127.0.0.1:15672

Without a user name, rabbitctl logs in as guest at the loopback (localhost, 127.0.0.1, ::1), whatever the port;
elsewhere there is no default user.

So --context prod means prod, whatever variables are set. RABBITCTL_CONTEXT beside a RABBITCTL_URL or RABBITCTL_HOST of
another broker is an error. For --timeout, --formatter and the journal a variable is stronger than any context.

Contexts are in ~/.config/rabbitctl/config.toml, or in $XDG_CONFIG_HOME/rabbitctl/config.toml if that variable is set,
on Windows in %AppData%\rabbitctl\config.toml, see rabbitctl config --help; those of an existing ~/.rabbitmqadmin.conf are read too. rabbitctl config show prints what is used,
and where it comes from.

--timeout covers the whole command: files that are pipes, standard input and a password command as well as the broker. A
question at the terminal has a --timeout of its own. The first Ctrl-C cancels, a second one ends the program at once.
rabbitctl reads at most 1 MiB of a configuration file, 64 KiB of a password and of what a password command prints,
16 MiB of a certificate file, 64 MiB of limits, states and bundles of checks, 256 MiB of definitions.

A proxy that HTTP_PROXY (for http) or HTTPS_PROXY (for https) names is used, but never for the loopback, nor for hosts in
NO_PROXY.

Variables:
`)
	width := 0
	for _, o := range config.Options() {
		width = max(width, len(o.Env))
	}
	for _, o := range config.Options() {
		if o.Env != "" {
			b.WriteString("  " + o.Env + strings.Repeat(" ", width-len(o.Env)) + "  " + o.Help + "\n")
		}
	}
	return &cobra.Command{Use: "connecting", Short: "How rabbitctl finds a broker", Long: strings.TrimRight(b.String(),
		"\n")}
}
