package app

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"syscall"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// Journal is a file to which each change adds a line before and a line after it, so that an interrupted run shows what
// it did and what it was about to do. The zero Journal writes nothing.
type Journal struct {
	file *os.File
	app  *App
}

// JournalEntry says who changes what. It holds no secrets.
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

// OpenJournal opens the file for appending, readable by its owner only; "" gives a Journal that writes nothing.
func (a *App) OpenJournal(path string) (*Journal, error) {
	if path == "" {
		return &Journal{}, nil
	}
	ctx, cancel := a.local()
	defer cancel()
	f, err := file.Await(ctx, func() (*os.File, error) { return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) })
	if err != nil {
		return nil, unwritten(err, "nobody reads from "+path).Next("nothing was changed")
	}
	return &Journal{file: f, app: a}, nil
}

// Before notes what is about to be done. When that fails nothing must be done.
func (j *Journal) Before(e JournalEntry) error {
	if err := j.line(journalLine{Phase: "before", JournalEntry: e}); err != nil {
		return err.Next("nothing was changed")
	}
	return nil
}

// After notes how it ended. outcome is that of the command, or "unknown" or "not_done" where the answer was lost.
func (j *Journal) After(e JournalEntry, outcome string, err error) error {
	l := journalLine{Phase: "after", JournalEntry: e, Outcome: outcome}
	if err != nil {
		l.Error = fail.InWords(err).Error()
	}
	if err := j.line(l); err != nil {
		if err.Kind == fail.Config {
			// Config says that nothing was done.
			err.Kind = fail.Output
		}
		return err
	}
	return nil
}

// Close closes the file.
func (j *Journal) Close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

func (j *Journal) line(l journalLine) *fail.Error {
	if j.file == nil {
		return nil
	}
	l.Time = j.app.Now().UTC().Format(time.RFC3339Nano)
	b, err := json.Marshal(l)
	// Whoever reads the journal reads it at a terminal.
	b = render.EscapeJSON(b)
	if err == nil {
		// What was done is written down also when the time is over, or somebody pressed Ctrl-C.
		ctx, cancel := j.app.closing(context.WithoutCancel(j.app.ctx))
		defer cancel()
		_, err = file.Await(ctx, func() (struct{}, error) { return struct{}{}, write(j.file, append(b, '\n')) })
	}
	if err != nil {
		return unwritten(err, "nobody reads from "+j.file.Name())
	}
	return nil
}

// write adds the line, and sees it on the disk where the journal is a file.
func write(f *os.File, line []byte) error {
	if _, err := f.Write(line); err != nil {
		return err
	}
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) { // a pipe has no disk
		return err
	}
	return nil
}

// unwritten is a journal that cannot be written, and why it took so long where it is no file.
func unwritten(err error, waiting string) *fail.Error {
	kind := fail.KindOf(err)
	if kind != fail.Timeout && kind != fail.Canceled {
		return fail.New(fail.Config, "the journal cannot be written: %w", err)
	}
	e := fail.New(kind, "the journal cannot be written: %s", waiting)
	e.Err = err
	return e
}
