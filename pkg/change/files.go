package change

import (
	"context"
	"io"
)

// Files opens, reads and writes the files that the command line names.
type Files interface {
	// CreateFile makes a file that only its owner can read. It refuses an existing file. "-" is standard output.
	CreateFile(path string) (NewFile, error)
	// Exists reports whether a file or folder has that name.
	Exists(path string) bool
	// Entries returns the names in a folder, sorted. folder is false if path does not exist, or is not a folder.
	Entries(path string) (names []string, folder bool, err error)
	// OpenFile opens a file. Its reads end when the context ends. "-" is standard input.
	OpenFile(ctx context.Context, path string) (io.ReadCloser, error)
	// OpenLarge opens a file to read all of it. For a regular file the time budget bounds each single read; for a pipe or
	// standard input it bounds all reads together.
	OpenLarge(ctx context.Context, path string) (io.ReadCloser, error)
	// ReadFile reads a small file.
	ReadFile(path string) ([]byte, error)
	// Replace replaces the content of a file, or makes the file. If the new content cannot be written, an old file stays
	// unchanged. A pipe or a device is written to directly.
	Replace(path string, write func(io.Writer) error) error
	// OpenNotes opens the small file in which a change keeps its progress. The file need not exist.
	OpenNotes(path string) (Notes, error)
}

// NewFile is a file to write to.
type NewFile interface {
	io.WriteCloser
	// Sync makes sure that everything that was written is on the disk. For standard output it does nothing.
	Sync() error
	// Terminal reports whether a person reads the output at once, at a terminal.
	Terminal() bool
	// Discard closes the file and removes it. For standard output it does nothing.
	Discard() error
}

// Notes is a small file in which a change keeps its progress.
type Notes interface {
	// Text returns the text that the file held when it was opened; "" if it was empty.
	Text() string
	// Set replaces the noted text, and makes sure that it is on the disk. It overwrites the old text in place, so the new
	// one must not be shorter.
	Set(text string) error
	// Remove closes the file and removes it.
	Remove() error
	Close() error
}
