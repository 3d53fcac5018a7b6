package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// Journal is a file that gets a line before and a line after each change. So the file shows what an interrupted run has
// done, and what it was about to do. The zero Journal writes nothing.
type Journal struct {
	file *os.File
	app  *App
	// mu keeps the lines of concurrent changes apart. late means that only Close syncs the file.
	mu   sync.Mutex
	late bool
}

// SyncOnce leaves syncing to the disk to Close, for changes of very many objects. Each line survives a kill of the
// command from the moment it is written, and is on the disk when the command ends.
func (j *Journal) SyncOnce() { j.late = true }

// JournalEntry describes one change; it is in the line before the change and in the line after it. It holds no secrets.
// User is "Erlang cookie" for a change over Erlang distribution, and "" for a change of a local file.
type JournalEntry struct {
	Command string `json:"command"`
	Broker  string `json:"broker"`
	User    string `json:"user"`
	VHost   string `json:"vhost,omitempty"`
	Action  string `json:"action"`
}

type journalLine struct {
	Time  string `json:"time"`
	Phase string `json:"phase"` // before, after
	JournalEntry
	Outcome string `json:"outcome,omitempty"`
	Error   string `json:"error,omitempty"`
}

// OpenJournal opens the file for appending; only its owner can read a new file. With path "" it is the file that the
// settings name; if they name none, the Journal writes nothing.
func (a *App) OpenJournal(path string) (*Journal, error) {
	settings, err := a.Settings()
	if err != nil {
		return nil, err
	}
	if path == "" {
		path = settings.Journal
	}
	if path == "" {
		return &Journal{}, nil
	}
	ctx, cancel := a.local()
	defer cancel()
	f, err := file.Await(ctx, func() (*os.File, error) {
		return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY,
			0o600)
	})
	if err != nil {
		return nil, journalError(err, "nothing reads from "+path).
			Do(fail.NameJournal).Say("nothing was changed")
	}
	return &Journal{file: f, app: a}, nil
}

// Make writes a line, makes a change, and writes a second line. outcome is the word in the second line: the word that
// do returns, or "unknown" or "not_done" if the broker's answer was lost. The word "incomplete" stays: a part of the
// change was made before. If the first line cannot be written, nothing is changed, and err says why. If the change was
// made and the second line cannot be written, unwritten says why.
func (j *Journal) Make(e JournalEntry, do func() (string, error)) (outcome string, unwritten, err error) {
	if err := j.before(e); err != nil {
		return "", nil, err
	}
	outcome, err = do()
	if outcome != "incomplete" {
		outcome = cmp.Or(broker.OutcomeOf(err), outcome)
	}
	return outcome, j.after(e, outcome, err), err
}

// before records a change before it is made.
func (j *Journal) before(e JournalEntry) error {
	if err := j.line(journalLine{Phase: "before", JournalEntry: e}); err != nil {
		return err.Do(fail.NameJournal).Say("the change was not made")
	}
	return nil
}

// after records the result of a change.
func (j *Journal) after(e JournalEntry, outcome string, err error) error {
	l := journalLine{Phase: "after", JournalEntry: e, Outcome: outcome}
	if err != nil {
		l.Error = fail.InWords(err).Error()
	}
	if err := j.line(l); err != nil {
		if err.Kind == fail.Config {
			// Kind Config would say that nothing was changed.
			err.Kind = fail.Output
		}
		return err
	}
	return nil
}

func (j *Journal) Close() error {
	if j.file == nil {
		return nil
	}
	if j.late {
		if err := synced(j.file); err != nil {
			return err
		}
	}
	return j.file.Close()
}

func (j *Journal) line(l journalLine) *fail.Error {
	if j.file == nil {
		return nil
	}
	l.Time = j.app.Now().UTC().Format(time.RFC3339Nano)
	b, err := json.Marshal(l)
	// People read the journal at a terminal, so control characters are escaped.
	b = render.EscapeJSON(b)
	if err == nil {
		// A change is recorded even when the time is over or Ctrl-C was pressed.
		ctx, cancel := j.app.closing(context.WithoutCancel(j.app.ctx))
		defer cancel()
		_, err = file.Await(ctx, func() (struct{}, error) { return struct{}{}, j.write(append(b, '\n')) })
	}
	if err != nil {
		return journalError(err, "nothing reads from "+j.file.Name())
	}
	return nil
}

// write adds the line, and syncs it to the disk unless SyncOnce was called.
func (j *Journal) write(line []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Write(line); err != nil || j.late {
		return err
	}
	return synced(j.file)
}

// synced syncs the journal to the disk when it is a regular file.
func synced(f *os.File) error {
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) { // a pipe cannot be synced
		return err
	}
	return nil
}

// journalError is the error for a journal that cannot be written; waiting says why a write did not end in time.
func journalError(err error, waiting string) *fail.Error {
	kind := fail.KindOf(err)
	if kind != fail.Timeout && kind != fail.Canceled {
		return fail.New(fail.Config, "the journal cannot be written: %w", err)
	}
	e := fail.New(kind, "the journal cannot be written: %s", waiting)
	e.Err = err
	return e
}
