package app

import (
	"encoding/json"
	"os"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Journal is a file to which each change adds a line before and a line after it, so that an interrupted run shows what
// it did and what it was about to do. The zero Journal writes nothing.
type Journal struct {
	file *os.File
	now  func() time.Time
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
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fail.New(fail.Config, "the journal cannot be written: %w", err).Next("nothing was changed")
	}
	return &Journal{file: f, now: a.Now}, nil
}

// Before notes what is about to be done. When that fails nothing must be done.
func (j *Journal) Before(e JournalEntry) error {
	return j.line(journalLine{Phase: "before", JournalEntry: e})
}

// After notes how it ended.
func (j *Journal) After(e JournalEntry, outcome string, err error) error {
	l := journalLine{Phase: "after", JournalEntry: e, Outcome: outcome}
	if err != nil {
		l.Error = err.Error()
	}
	return j.line(l)
}

// Close closes the file.
func (j *Journal) Close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

func (j *Journal) line(l journalLine) error {
	if j.file == nil {
		return nil
	}
	l.Time = j.now().UTC().Format(time.RFC3339Nano)
	b, err := json.Marshal(l)
	if err == nil {
		_, err = j.file.Write(append(b, '\n'))
	}
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return fail.New(fail.Config, "the journal cannot be written: %w", err)
	}
	return nil
}
