package await

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// rounds is how many looks in a row may end with an error that does not pass by waiting: a proxy that is set up or
// restarts can send a wrong page once or twice.
const rounds = 5

// faults are what the looks so far ended with.
type faults struct {
	// wrong is how many of the last looks in a row ended with an error that does not pass by waiting.
	wrong int
	// told means that the note about a proxy in between was printed.
	told bool
}

// lasting tells whether an error ends the wait. An error on this side, or about the user, ends it at once. An answer
// that is not from a management API ends it after some rounds. If a proxy answers that it cannot reach the broker, the
// wait goes on, with one note.
func (w waiting) lasting(seen *faults, err error) bool {
	wrong := false
	switch kind := fail.KindOf(err); {
	case err == nil:
	case kind == fail.Usage, kind == fail.Config, kind == fail.Internal, kind == fail.Denied && w.known:
		return true
	case kind == fail.Data, broker.IsNoAPI(err):
		wrong = true
	case broker.InBetween(err) && !seen.told:
		seen.told = true
		w.note(err)
	}
	if !wrong {
		seen.wrong = 0
		return false
	}
	seen.wrong++
	return seen.wrong >= rounds
}

// note says on stderr what is seen while the waiting goes on.
func (w waiting) note(err error) {
	if s, failed := w.app.Settings(); failed == nil && s.Quiet {
		return
	}
	w.app.IO.Say("note: " + render.Escape(err.Error()) + "; that may pass, so the waiting goes on")
}
