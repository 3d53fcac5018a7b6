package app

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Intent is a change that is about to be made, as far as it matters for whether a person has to agree first.
type Intent struct {
	// Destructive means that something is lost by it.
	Destructive bool
	// Yes means that the person has agreed already, on the command line.
	Yes bool
	// GoOn is the next step where nobody can be asked.
	GoOn string
}

// MustAsk tells whether a person has to agree before the change is made. Where one has to and nobody can be asked, the
// error refuses the change. This is the one rule for the program's own commands and for the personalities.
func (a *App) MustAsk(i Intent) (bool, error) {
	settings, err := a.Settings()
	if err != nil {
		return false, err
	}
	if i.Yes || !i.Destructive && !settings.Protected {
		return false, nil
	}
	if !a.IO.CanPrompt() {
		return true, fail.Usagef("%snobody can be asked here: there is no terminal", a.protectedBy(", and ")).Next("%s", i.GoOn)
	}
	return true, nil
}

// MayChange lets the changes of this run through to the broker, once a person has agreed where one has to. about says
// what is about to be changed, above the question.
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

// guard stands before every request that changes something. It stops what no command has asked about.
func (a *App) guard(ctx context.Context) error {
	return a.MayChange(ctx, Intent{Yes: a.Yes, GoOn: "--yes before the command goes on"}, func() error { return nil })
}

// protectedBy names the context where it is protected, with what links it to the rest of a sentence; else it is "".
func (a *App) protectedBy(link string) string {
	settings, err := a.Settings()
	if err != nil || !settings.Protected {
		return ""
	}
	return "context " + settings.Context + " is protected" + link
}
