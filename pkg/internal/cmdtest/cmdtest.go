// Package cmdtest runs one command of a noun against a fake broker. The result holds the requests, the text on stdout
// and stderr, and the error with its kind. Exit codes are tested in package cli.
package cmdtest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Run is one run of a command.
type Run struct {
	// Commands are the commands of the noun.
	Commands []verb.Command
	// Input is the standard input.
	Input string
	// Terminal makes all three streams a terminal of 120 columns, without colour.
	Terminal bool
	// Env is added to an environment that holds only HOME, the broker, the user monitor and its password.
	Env []string
	// Context is the context of the command; nil means the context of the test.
	Context context.Context
}

// Result is the result of a run.
type Result struct {
	Requests []string
	Out, Err string
	Error    error
}

// Moment returns the time that the clock shows when the command starts.
func Moment() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }

// Do runs a command line that begins with the command's name. In Out and Err of the result, the broker's address is
// http://BROKER. The test fails if the password is in the output.
func (r Run) Do(t *testing.T, s *brokertest.Server, words ...string) Result {
	t.Helper()
	streams, out, errOut := iostreams.Test(r.Input)
	if r.Terminal {
		streams.InTTY, streams.OutTTY, streams.ErrTTY, streams.Width = true, true, true, 120
	}
	env := []string{brokertest.NoHome, "RABBITCTL_URL=" + s.URL, "RABBITCTL_USERNAME=monitor",
		"RABBITCTL_PASSWORD=not-shown"}
	a := app.New(streams, append(env, r.Env...), "test")
	// The clock moves only when the command waits.
	now := Moment()
	a.Now = func() time.Time { return now }
	a.Sleep = func(ctx context.Context, length time.Duration) error {
		now = now.Add(length)
		time.Sleep(time.Millisecond) // a command that polls until a real deadline must not keep a core busy
		return ctx.Err()
	}

	root := &cobra.Command{
		Use: "rabbitctl", SilenceErrors: true, SilenceUsage: true,
		PersistentPreRun: func(cmd *cobra.Command, _ []string) { a.UseFlags(cmd.Context(), cmd.Flags(), true) },
	}
	config.BindFlags(root.PersistentFlags())
	for _, c := range r.Commands {
		root.AddCommand(c.Cobra(a))
	}
	root.SetArgs(words)
	root.SetOut(out)
	root.SetErr(errOut)
	ctx := r.Context
	if ctx == nil {
		ctx = t.Context()
	}
	err := root.ExecuteContext(ctx)
	if strings.Contains(out.String()+errOut.String(), "not-shown") {
		t.Errorf("the password is shown:\n%s%s", out, errOut)
	}
	return Result{Requests: s.Requests(), Out: hidden(s, out), Err: hidden(s, errOut), Error: err}
}

func hidden(s *brokertest.Server, b *bytes.Buffer) string { return Hide(s, b.String()) }

// Hide replaces the server's host and port with BROKER.
func Hide(s *brokertest.Server, text string) string {
	return strings.ReplaceAll(text, strings.TrimPrefix(s.URL, "http://"), "BROKER")
}

// Golden returns the whole result as the text of a golden file.
func (r Result) Golden(s *brokertest.Server) string {
	var b strings.Builder
	part := func(name, text string) {
		if text == "" {
			return
		}
		fmt.Fprintf(&b, "-- %s --\n%s", name, text)
		if !strings.HasSuffix(text, "\n") {
			b.WriteString("(no line end)\n")
		}
	}
	if len(r.Requests) > 0 {
		part("requests", strings.Join(r.Requests, "\n")+"\n")
	}
	part("stdout", r.Out)
	part("stderr", r.Err)
	if r.Error != nil {
		text := fmt.Sprintf("%s: %s\n", fail.KindOf(r.Error), r.Error)
		if hint := steps.Of(r.Error); hint != "" {
			text += "next: " + hint + "\n"
		}
		if fail.IsShown(r.Error) {
			text = fmt.Sprintf("%s, silent\n", fail.KindOf(r.Error))
		}
		part("error", Hide(s, text))
	}
	return b.String()
}
