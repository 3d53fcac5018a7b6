package app

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/config"
)

// With --contexts an app has a sibling for each further context. Siblings share streams, clock and flags; each has
// settings, a client, a login and a time budget of its own. A command without that option has one app, and is written
// as if there were several: see Each.

// Each returns the apps of all brokers that the command asks: this one, and with --contexts one for each further
// context, in the order in which the flag names them. With --contexts a person is asked for missing passwords here, one
// after the other, because the brokers are then asked side by side.
func (a *App) Each(ctx context.Context) ([]*App, error) {
	if _, err := a.Settings(); err != nil {
		return nil, err
	}
	all := append([]*App{a}, a.others...)
	if a.among == "" {
		return all, nil
	}
	return all, LogIn(ctx, all...)
}

// LogIn asks a person for the passwords that the apps lack, one after the other, before their brokers are asked side by
// side. After the questions, the time of all apps starts again. Without a terminal, the brokers' own errors say what is
// missing.
func LogIn(ctx context.Context, all ...*App) error {
	asked := false
	for _, one := range all {
		s, err := one.Settings()
		if err != nil {
			return err
		}
		if !one.mayAsk || !one.IO.CanPrompt() || s.Username != "" && s.HasPassword() {
			continue
		}
		asked = true
		if _, _, err := s.Credentials(ctx); err != nil {
			return err
		}
	}
	if asked {
		for _, one := range all {
			one.time.begin()
		}
	}
	return nil
}

// Context is the name by which --contexts named this app's broker; "" without that option.
func (a *App) Context() string { return a.among }

// Label returns the beginning of a text about this app's broker: the name of the broker's context if the command works
// with several brokers, else "".
func (a *App) Label() string {
	if a.name == "" {
		return ""
	}
	return "context " + a.name + ": "
}

// share makes the siblings of --contexts, with the settings that were read.
func (a *App) share(all []*config.Settings) {
	a.name, a.among = all[0].Among, all[0].Among
	if a.among == "" {
		return
	}
	for _, s := range all[1:] {
		one := a.sibling()
		one.settings, one.name, one.among = s, s.Among, s.Among
		a.others = append(a.others, one)
	}
}

// ContextNames returns the contexts that --contexts can name in addition to the chosen ones. It asks no broker.
func (a *App) ContextNames(ctx context.Context, chosen []string) ([]string, error) {
	in := a.input()
	in.Context = ctx
	l, err := config.List(in)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, c := range l.Contexts {
		if !slices.Contains(chosen, c.Name) {
			names = append(names, c.Name)
		}
	}
	return names, nil
}

// sibling is an app for another broker, without settings.
func (a *App) sibling() *App {
	one := &App{IO: a.IO, Now: a.Now, Sleep: a.Sleep, Version: a.Version, environ: a.environ, ctx: a.ctx,
		flags: a.flags, limit: a.limit, mayAsk: a.mayAsk}
	one.time.begin()
	return one
}

// In returns an app for another broker, namely that of the context that an argument names. If no file has that context,
// the error is a usage error.
func (a *App) In(ctx context.Context, name string) (*App, error) {
	one := a.sibling()
	in := one.input()
	ctx, cancel := one.time.local(ctx, a.limit)
	defer cancel()
	in.Context, in.Named = ctx, name
	all, err := config.ResolveAll(in) //nolint:contextcheck // the context is in the input
	if err != nil {
		return nil, err
	}
	one.settings, one.name = all[0], name
	return one, nil
}

// Name is the context of this app's broker if the command works with several brokers; otherwise it is "".
func (a *App) Name() string { return a.name }
