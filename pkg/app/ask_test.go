package app_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// atTerminal returns an App at a terminal whose input comes from in.
func atTerminal(t *testing.T, in io.Reader, env ...string) *app.App {
	t.Helper()
	streams, _, _ := iostreams.Test("")
	streams.In, streams.InTTY, streams.OutTTY, streams.ErrTTY = in, true, true, true
	a := app.New(streams, append([]string{brokertest.NoHome, "RABBITCTL_URL=http://nothing.invalid"}, env...), "test")
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	config.BindFlags(flags)
	a.UseFlags(t.Context(), flags, true)
	return a
}

// If nobody answers a question, it ends with --timeout, and the error says so.
func TestQuestions_withoutAnswer(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(context.Context, *app.App) error{
		"no answer within 20ms": func(ctx context.Context, a *app.App) error {
			_, _, err := a.Budget(ctx) // it asks for the password
			return err
		},
		"no answer within 20ms; nothing was changed": func(ctx context.Context, a *app.App) error {
			_, err := a.Confirm(ctx, "go on?")
			return err
		},
	} {
		never, w := io.Pipe()
		defer w.Close()
		a := atTerminal(t, never, "RABBITCTL_USERNAME=u", "RABBITCTL_TIMEOUT=20ms")
		if err := ask(t.Context(), a); fail.KindOf(err) != fail.Timeout || err.Error() != name {
			t.Errorf("%s: %v, want %q", fail.KindOf(err), err, name)
		}
	}
}

// Time before the first request counts as the command's time, but time that a question waits for a person does not.
func TestBudget_fromTheBeginning(t *testing.T) {
	t.Parallel()
	const length = 10 * time.Second
	end := func(a *app.App) time.Time {
		ctx, cancel, err := a.Budget(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer cancel()
		at, _ := ctx.Deadline()
		return at
	}
	slow := atTerminal(t, strings.NewReader(""), "RABBITCTL_USERNAME=u", "RABBITCTL_TIMEOUT=10",
		"RABBITCTL_PASSWORD_COMMAND=sleep 0.1; echo p")
	parsed := time.Now()
	if at := end(slow); at.After(parsed.Add(length)) {
		t.Errorf("a password command was given %s more", at.Sub(parsed)-length)
	}
	person := &late{text: "p\n", after: 100 * time.Millisecond}
	asked := atTerminal(t, person, "RABBITCTL_USERNAME=u", "RABBITCTL_TIMEOUT=10")
	if at := end(asked); at.Before(person.last.Add(length)) {
		t.Errorf("the answer of a person took %s away", length-at.Sub(person.last))
	}
	// Every later round, for example of --watch, again has the whole time.
	for _, a := range []*app.App{slow, asked} {
		now := time.Now()
		if at := end(a); at.Before(now.Add(length)) {
			t.Errorf("the next round has %s", at.Sub(now))
		}
	}
}

// late is a reader that blocks for a while before it returns data.
type late struct {
	text  string
	after time.Duration
	// last is the time of the last read.
	last time.Time
}

func (l *late) Read(p []byte) (int, error) {
	time.Sleep(l.after)
	l.after = 0
	if l.text == "" {
		return 0, io.EOF
	}
	n := copy(p, l.text)
	l.text, l.last = l.text[n:], time.Now()
	return n, nil
}
