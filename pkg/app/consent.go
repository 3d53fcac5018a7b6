package app

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Intent describes a change before it is made: all that decides whether a person has to agree.
type Intent struct {
	// Destructive means that the change loses something.
	Destructive bool
	// Yes means that the person agreed on the command line.
	Yes bool
	// Looks means that nothing will be changed: a dry run, or a comparison.
	Looks bool
	// Why says what is unusual about the change; "" for nothing.
	Why string
	// GoOn is the next step when there is no terminal to ask at.
	GoOn string
}

// MustAsk reports whether a person has to agree before the change is made. It returns an error that refuses the change
// if the context is read-only, or if a person has to agree and there is no terminal to ask at. rabbitctl's own commands
// and the personalities all follow this rule.
func (a *App) MustAsk(i Intent) (bool, error) {
	settings, err := a.Settings()
	if err != nil {
		return false, err
	}
	if i.Looks {
		return false, nil
	}
	because := ""
	if i.Why != "" {
		because = i.Why + "; "
	}
	if settings.ReadOnly {
		return false, fail.New(fail.Denied, "%scontext %s is read-only, so nothing is changed", because, settings.Context).
			Next("%s", readOnlyStep(settings.Context))
	}
	if i.Yes || !i.Destructive && !settings.Protected {
		return false, nil
	}
	if !a.IO.CanPrompt() {
		return true, fail.Usagef("confirmation needed: %s%sthere is no terminal to ask at", because, a.protectedBy(", and ")).
			Next("%s", i.GoOn)
	}
	return true, nil
}

// MayChange allows the changes of this run, after a person agreed where MustAsk demands it. Before the question it
// calls the given function, which prints what will be changed. asked reports whether a person was asked, which may have
// taken long.
func (a *App) MayChange(ctx context.Context, i Intent, about func() error) (asked bool, err error) {
	a.mu.Lock()
	agreed := a.agreed
	a.mu.Unlock()
	if agreed {
		return false, nil
	}
	must, err := a.MustAsk(i)
	if err != nil {
		return false, err
	}
	if must {
		if err := about(); err != nil {
			return false, err
		}
		yes, err := a.Confirm(ctx, a.protectedBy(": ")+"go on?")
		if err != nil {
			return false, err
		}
		if !yes {
			return false, fail.New(fail.Canceled, "nothing was changed")
		}
	}
	a.mu.Lock()
	a.agreed = true
	a.mu.Unlock()
	return must, nil
}

// guard runs before every request that changes something. It calls MayChange, in case no command has done so for this
// run.
func (a *App) guard(ctx context.Context) error {
	_, err := a.MayChange(ctx,
		Intent{Yes: a.Yes, GoOn: "put --yes before the command, as in rabbitctl --yes as rabbitmqctl ..."}, func() error {
			return nil
		})
	return err
}

// protectedBy returns a text which says that the context is protected, followed by the given text. It returns "" if the
// context is not protected.
func (a *App) protectedBy(link string) string {
	settings, err := a.Settings()
	if err != nil || !settings.Protected {
		return ""
	}
	return "context " + settings.Context + " is protected" + link
}

// readOnlyStep says how to allow changes in a read-only context.
func readOnlyStep(context string) string {
	return fmt.Sprintf("rabbitctl config set %s read_only=false allows changes", fail.Word(context))
}
