package app

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Replace writes a file anew so that a reader sees the old text or the new one, never a part: into a temporary file
// beside it, which is then renamed. Others may read it, as a collector must. Where anything fails the old file stays.
func (a *App) Replace(path string, write func(io.Writer) error) error {
	return a.replace(path, 0o644, write)
}

// Save is Replace for a file of the user's own: it has the rights that their umask gives to new files. The cause of its error is the
// operating system's: errors.Is(err, fs.ErrPermission).
func (a *App) Save(path string, write func(io.Writer) error) error {
	return a.replace(path, 0, write)
}

// Exists tells whether something is at the path that can be looked at: a file, a folder, or anything else.
func (a *App) Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// replace gives the file the mode, where that is not 0. What is no file (a terminal, a pipe, /dev/null) is written to: renaming would
// put a file into its place.
func (a *App) replace(path string, mode fs.FileMode, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = overwrite(path, write)
	} else {
		err = renamed(path, mode, write)
	}
	if err != nil {
		return fail.New(fail.Config, "%s cannot be written: %w", path, err).Next("is its folder there, and may this user write to it?")
	}
	return nil
}

func renamed(path string, mode fs.FileMode, write func(io.Writer) error) error {
	f, err := beside(path)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = filled(f, write)
	if err == nil && mode != 0 {
		err = f.Chmod(mode)
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}

// beside makes a new file in the folder of another, under a name that collectors do not pick up: they read *.prom.
func beside(path string) (*os.File, error) {
	for {
		name := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+strconv.FormatUint(rand.Uint64(), 36)+".tmp")
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

func overwrite(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = filled(f, write)
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

func filled(f *os.File, write func(io.Writer) error) error {
	w := bufio.NewWriter(f)
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}
