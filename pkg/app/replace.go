package app

import (
	"bytes"
	"errors"
	"io"
	"io/fs"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
)

// Replace writes a whole file: a reader sees the old text or the new one, never a part. Other users can read a new
// file, as metrics collectors must; an existing file keeps its mode and owner, and a symbolic link stays a link. A
// pipe or a device is written to directly. On an error the old file stays.
func (a *App) Replace(path string, write func(io.Writer) error) error {
	return a.replace(path, file.Public, write)
}

// Save is Replace for files that may hold secrets: only its owner can read a new file.
func (a *App) Save(path string, write func(io.Writer) error) error {
	return a.replace(path, file.Private, write)
}

// SaveSecret is Save for a text that holds secrets: only its owner can read the file, even if others could before.
func (a *App) SaveSecret(path string, write func(io.Writer) error) error {
	return a.replace(path, file.Secret, write)
}

// replace builds the whole text first, so that a pipe also gets all of it or nothing.
func (a *App) replace(path string, access file.Access, write func(io.Writer) error) error {
	var text bytes.Buffer
	err := write(&text)
	if err == nil {
		ctx, cancel := a.closing(a.ctx)
		defer cancel()
		err = file.Replace(ctx, path, access, text.Bytes())
	}
	switch k := fail.KindOf(err); {
	case err == nil:
		return nil
	case k == fail.Timeout || k == fail.Canceled:
		return err
	}
	cause := err
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		cause = pathErr.Err
	}
	return fail.New(fail.Output, "%s cannot be written: %w", path, cause).
		Next("check that its folder exists and that this user may write to it")
}
