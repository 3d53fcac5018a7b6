package await

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// rounds is how many looks in a row may fail with an error that does not pass by waiting. One such error does not end
// the wait: a proxy that is being set up or restarts can send a wrong page once or twice.
const rounds = 5

// faults records how the looks so far have failed.
type faults struct {
	// wrong is how many of the last looks in a row failed with an error that does not pass by waiting.
	wrong int
	// told means that the note about a proxy in front of the broker was printed.
	told bool
}

// lasting reports whether an error ends the wait. An error on this side ends it at once, and so does a refusal if
// w.known is true. An answer that does not come from a management API, or that cannot be read, ends it if it comes in
// several looks in a row: see rounds. If a proxy answers that it cannot reach the broker, the wait goes on, with one
// note.
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

// note prints an error to stderr, and says that the wait goes on. With --quiet it prints nothing.
func (w waiting) note(err error) {
	if s, failed := w.app.Settings(); failed == nil && s.Quiet {
		return
	}
	w.app.IO.Say("note: " + render.Escape(err.Error()) + "; this may be temporary, so the command still waits")
}
