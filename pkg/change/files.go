package change

import (
	"context"
	"io"
)

// Files are the files that the command line names.
type Files interface {
	// CreateFile makes a file that only its owner can read. It refuses an existing file. "-" is standard output.
	CreateFile(path string) (NewFile, error)
	// Exists reports whether something has that name.
	Exists(path string) bool
	// Entries are the names in a folder, sorted; folder is false for anything else, also for what is not there.
	Entries(path string) (names []string, folder bool, err error)
	// OpenFile opens a file, whose reads end with the context. "-" is standard input.
	OpenFile(ctx context.Context, path string) (io.ReadCloser, error)
	// OpenLarge opens a file to read all of it, which may take longer than the time budget while data arrives.
	OpenLarge(ctx context.Context, path string) (io.ReadCloser, error)
	// ReadFile reads a small file.
	ReadFile(path string) ([]byte, error)
	// Replace replaces a file, whole or not at all.
	Replace(path string, write func(io.Writer) error) error
	// OpenNotes opens a small file of our own, which need not be there.
	OpenNotes(path string) (Notes, error)
}

// NewFile is a file that is written.
type NewFile interface {
	io.WriteCloser
	// Sync brings what was written to the disk. For a pipe it does nothing.
	Sync() error
	// Terminal tells whether a person reads it at once.
	Terminal() bool
	// Discard closes the file and removes it.
	Discard() error
}

// Notes is a small file in which a change keeps its progress.
type Notes interface {
	// Text is what is noted; "" for nothing.
	Text() string
	// Set notes something else, and brings it to the disk. The text must not become shorter.
	Set(text string) error
	// Remove removes the file.
	Remove() error
	Close() error
}
