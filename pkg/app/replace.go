package app

import (
	"bufio"
	"io"
	"os"
	"path/filepath"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Replace writes a file anew so that a reader sees the old text or the new one, never a part: into a temporary file
// beside it, which is then renamed. Others may read it, as a collector must. Where anything fails the old file stays.
func (a *App) Replace(path string, write func(io.Writer) error) error {
	wrap := func(err error) error {
		return fail.New(fail.Config, "%s cannot be written: %w", path, err).Next("is its folder there, and may this user write to it?")
	}
	// A name that collectors do not pick up: they read *.prom.
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return wrap(err)
	}
	defer os.Remove(f.Name())
	w := bufio.NewWriter(f)
	err = write(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return wrap(err)
	}
	return nil
}
