package await

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// rounds is after how many wrong answers in a row the wait ends. A wrong answer is one that cannot be read, or that
// does not come from a management API. One alone does not end the wait: a proxy that is being set up or restarts can
// send a wrong page once or twice.
const rounds = 5

// faults records how the looks so far have failed.
type faults struct {
	// wrong is how many looks in a row, up to the last one, got a wrong answer: see rounds.
	wrong int
	// told means that the note about a proxy in front of the broker was printed.
	told bool
}

// lasting reports whether an error ends the wait. An error in the command line, the configuration or the program ends
// it at once. A refused login or permission ends it at once, too, if w.known is true. A wrong answer ends it if it
// comes in several looks in a row: see rounds. If a proxy answers that it cannot reach the broker, the wait goes on,
// with one note.
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
