package app

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Intent describes a change before it is made: all that decides whether a person has to agree.
type Intent struct {
	// Destructive means that the change loses something.
	Destructive bool
	// Yes means that the person agreed on the command line.
	Yes bool
	// GoOn is the next step when there is no terminal to ask at.
	GoOn string
}

// MustAsk reports whether a person has to agree before the change is made. If so and there is no terminal to ask at,
// it returns an error that refuses the change. This is the only rule, for rabbitctl's own commands and for the
// personalities.
func (a *App) MustAsk(i Intent) (bool, error) {
	settings, err := a.Settings()
	if err != nil {
		return false, err
	}
	if i.Yes || !i.Destructive && !settings.Protected {
		return false, nil
	}
	if !a.IO.CanPrompt() {
		return true, fail.Usagef("confirmation needed: %sthere is no terminal to ask at", a.protectedBy(", and ")).
			Next("%s", i.GoOn)
	}
	return true, nil
}

// MayChange allows the changes of this run, after a person agreed where MustAsk demands it. about prints above the
// question what will be changed.
func (a *App) MayChange(ctx context.Context, i Intent, about func() error) error {
	a.mu.Lock()
	agreed := a.agreed
	a.mu.Unlock()
	if agreed {
		return nil
	}
	must, err := a.MustAsk(i)
	if err != nil {
		return err
	}
	if must {
		if err := about(); err != nil {
			return err
		}
		yes, err := a.Confirm(ctx, a.protectedBy(": ")+"go on?")
		if err != nil {
			return err
		}
		if !yes {
			return fail.New(fail.Canceled, "nothing was changed")
		}
	}
	a.mu.Lock()
	a.agreed = true
	a.mu.Unlock()
	return nil
}

// guard runs before every request that changes something. It stops changes for which no command has asked.
func (a *App) guard(ctx context.Context) error {
	return a.MayChange(ctx,
		Intent{Yes: a.Yes, GoOn: "put --yes before the command, as in rabbitctl --yes as rabbitmqctl ..."}, func() error {
			return nil
		})
}

// protectedBy says that the context is protected, followed by link; "" when it is not protected.
func (a *App) protectedBy(link string) string {
	settings, err := a.Settings()
	if err != nil || !settings.Protected {
		return ""
	}
	return "context " + settings.Context + " is protected" + link
}
