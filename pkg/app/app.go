// Package app gives a command its surroundings: streams, clock, environment, settings and the broker. Settings are
// read, and the client is made, when a command first asks for them. So help, completion of columns and an unknown flag
// touch neither a file nor the network.
package app

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// App serves one run of the program. Make it with New.
type App struct {
	IO  *iostreams.Streams
	Now func() time.Time
	// Sleep waits for the length. If the context ends first, Sleep returns the context's error at once.
	Sleep func(ctx context.Context, length time.Duration) error
	// Version is the version of the program, for the User-Agent header and for AMQP connections.
	Version string
	// Yes means that a person agreed to all changes of this run on the command line.
	Yes bool

	environ []string
	// ctx ends everything that waits on this machine: files, prompts, password commands.
	ctx   context.Context
	flags *pflag.FlagSet
	// mayAsk allows prompts, a password from standard input, and warnings. Completion must do without them.
	mayAsk bool

	time budget

	mu sync.Mutex
	// limit is the time limit of a personality (rabbitctl under the name of another tool, such as rabbitmqctl), which
	// comes from an option of that tool; 0 means none.
	limit    time.Duration
	settings *config.Settings
	err      error
	client   *broker.Client
	// agreed means that MayChange has allowed the changes of this run: a person agreed, or nobody had to be asked.
	agreed bool
	// name is the context of this app's broker if the command works with several brokers; otherwise it is "".
	name string
	// among is the context by which --contexts named this app's broker; "" without that option.
	among string
	// others are the apps of the other contexts of --contexts.
	others []*App
}

// New makes an App. environ is the environment in the form of os.Environ.
func New(io *iostreams.Streams, environ []string, version string) *App {
	return &App{IO: io, Now: time.Now, Sleep: sleep, Version: version, environ: environ, ctx: context.Background()}
}

func sleep(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fail.Ended(ctx)
	case <-timer.C:
		return nil
	}
}

// UseFlags sets the parsed flags for Settings, and whether a person may be asked for a password. It starts the
// command's time budget. When ctx ends, by Ctrl-C for example, questions and all other waits on this machine end.
// UseFlags must be called before Settings; a later call drops the settings that were read before.
func (a *App) UseFlags(ctx context.Context, flags *pflag.FlagSet, mayAsk bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ctx, a.flags, a.mayAsk = ctx, flags, mayAsk
	a.settings, a.err, a.client, a.agreed = nil, nil, nil, false
	a.name, a.among, a.others = "", "", nil
	a.time.begin()
}

// Getenv returns the value of an environment variable, "" when it is not set.
func (a *App) Getenv(name string) string { return getenv(a.environ, name, runtime.GOOS == "windows") }

// getenv returns the last value of the name. With anyCase, HOME and Home are the same variable, as on Windows.
func getenv(environ []string, name string, anyCase bool) string {
	for i := len(environ) - 1; i >= 0; i-- {
		key, value, _ := strings.Cut(environ[i], "=")
		if key == name || anyCase && strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

// Settings returns the resolved options. The first call reads the configuration files and prints their warnings, except
// with --quiet and during completion. With --contexts the options are those of the first context.
func (a *App) Settings() (*config.Settings, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.settings == nil && a.err == nil {
		in := a.input()
		ctx, cancel := a.time.local(a.ctx, a.limit)
		in.Context = ctx
		var all []*config.Settings
		all, a.err = config.ResolveAll(in)
		cancel()
		if a.err == nil {
			a.settings = all[0]
			a.share(all)
			a.warn(all)
		}
		if a.err == nil && a.settings.NoColor {
			a.IO.Colour = false
		}
	}
	return a.settings, a.err
}

// warn prints the warnings of the settings, each of them once.
func (a *App) warn(all []*config.Settings) {
	if a.settings.Quiet || !a.mayAsk {
		return
	}
	var said []string
	for _, s := range all {
		for _, w := range s.Warnings {
			if !slices.Contains(said, w) {
				said = append(said, w)
				fmt.Fprintln(a.IO.Err, "warning: "+render.Escape(w))
			}
		}
	}
}

func (a *App) input() config.Input {
	in := config.Input{Context: a.ctx, Flags: a.flags, Getenv: a.Getenv, Environ: a.environ, Stderr: a.IO.Err}
	if a.mayAsk {
		in.Stdin = a.IO.In
	}
	if a.mayAsk && a.IO.CanPrompt() {
		in.Ask = func(question string) (string, error) { return a.Ask(a.ctx, question) }
		in.AskSecret = func(question string) (string, error) { return a.AskSecret(a.ctx, question) }
	}
	return in
}

// Broker returns the client for the endpoint of the settings. Its first call reads the TLS files. It opens no
// connection yet.
func (a *App) Broker() (*broker.Client, error) {
	s, err := a.Settings()
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client != nil {
		return a.client, nil
	}
	ctx, cancel := a.time.local(a.ctx, s.Timeout)
	defer cancel()
	tlsConfig, err := tlsOf(ctx, s)
	if err != nil {
		return nil, err
	}
	o := broker.Options{
		BaseURL:   s.Endpoint.String(),
		Username:  s.Username,
		TLS:       tlsConfig,
		UserAgent: "rabbitctl/" + a.Version,
		MayChange: a.guard,
		Note: func(text string) {
			if !s.Quiet {
				a.IO.Say("note: " + render.Escape(a.Label()+text))
			}
		},
		Credentials: func(ctx context.Context) (string, string, error) {
			username, password, err := s.Credentials(ctx)
			return username, password.Reveal(), err
		},
	}
	if s.Trace {
		o.Trace = a.IO.Err
	}
	a.client, err = broker.New(o)
	return a.client, err
}
