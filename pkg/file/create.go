package file

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Create makes a new file that only its owner can read. It never overwrites a file.
func Create(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fail.New(fail.Output, "%s exists already, and is not overwritten", path)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	return f, unwritable(path, err)
}

// Folder makes a folder that only its owner can open, unless the folder exists. It returns the names in the folder.
func Folder(path string) ([]string, error) {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, unwritable(path, err)
	}
	entries, err := os.ReadDir(path)
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, unwritable(path, err)
}

// Notes is a small file that is overwritten again and again.
type Notes struct {
	f    *os.File
	text string
}

// OpenNotes opens the file of notes, and makes the file if it does not exist.
func OpenNotes(path string) (*Notes, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unwritable(path, err)
	}
	const most = 64 << 10
	text, err := io.ReadAll(io.LimitReader(f, most))
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		f.Close()
		return nil, unwritable(path, err)
	}
	return &Notes{f, string(text)}, nil
}

// Text returns the text that the file held when it was opened.
func (n *Notes) Text() string { return n.text }

// Set overwrites the old text and syncs the new text to the disk. The new text must not be shorter than the old one:
// the file is not truncated.
func (n *Notes) Set(text string) error {
	_, err := n.f.WriteAt([]byte(text), 0)
	if err == nil {
		err = n.f.Sync()
	}
	return unwritable(n.f.Name(), err)
}

// Remove removes the file.
func (n *Notes) Remove() error {
	n.f.Close() // Windows cannot remove an open file
	return unwritable(n.f.Name(), os.Remove(n.f.Name()))
}

// Close closes the file and keeps it.
func (n *Notes) Close() error { return n.f.Close() }

func unwritable(path string, err error) error {
	if err == nil {
		return nil
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fail.New(fail.Output, "%s cannot be written: %w", path, err)
}
