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
// context, in the order of the names. A person is asked for missing passwords here, one after the other, because
// the brokers are then asked side by side.
func (a *App) Each(ctx context.Context) ([]*App, error) {
	if _, err := a.Settings(); err != nil {
		return nil, err
	}
	all := append([]*App{a}, a.others...)
	if a.among == "" || !a.mayAsk || !a.IO.CanPrompt() {
		return all, nil
	}
	asked := false
	for _, one := range all {
		if one.settings.Username != "" && one.settings.HasPassword() {
			continue
		}
		asked = true
		if _, _, err := one.settings.Credentials(ctx); err != nil {
			return nil, err
		}
	}
	if asked {
		for _, one := range all {
			one.time.begin()
		}
	}
	return all, nil
}

// Context is the name by which --contexts named this app's broker; "" without that option.
func (a *App) Context() string { return a.among }

// Label is what stands before a text about this app's broker: with --contexts its name, else nothing.
func (a *App) Label() string {
	if a.among == "" {
		return ""
	}
	return "context " + a.among + ": "
}

// share makes the siblings of --contexts, with the settings that were read.
func (a *App) share(all []*config.Settings) {
	a.among = all[0].Among
	if a.among == "" {
		return
	}
	for _, s := range all[1:] {
		one := &App{IO: a.IO, Now: a.Now, Sleep: a.Sleep, Version: a.Version, environ: a.environ, ctx: a.ctx,
			flags: a.flags, limit: a.limit, settings: s, among: s.Among}
		one.time.begin()
		a.others = append(a.others, one)
	}
}

// ContextNames are the contexts that --contexts can name besides those that are chosen already. No broker is asked.
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
