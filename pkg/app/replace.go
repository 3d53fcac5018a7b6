package app

import (
	"bytes"
	"errors"
	"io"
	"io/fs"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
)

// Replace writes a file anew so that a reader sees the old text or the new one, never a part. Others may read a new file, as a
// collector must; one that is there keeps its mode and owner, a link stays a link, and what is no file is written to. Where
// anything fails the old file stays.
func (a *App) Replace(path string, write func(io.Writer) error) error {
	return a.replace(path, file.Public, write)
}

// Save is Replace for what may hold secrets: only its owner may read a new file.
func (a *App) Save(path string, write func(io.Writer) error) error {
	return a.replace(path, file.Private, write)
}

// replace makes the whole text first: a pipe that is written to gets all of it or nothing, too.
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
	var on *fs.PathError
	if errors.As(err, &on) {
		cause = on.Err
	}
	return fail.New(fail.Output, "%s cannot be written: %w", path, cause).Next("is its folder there, and may this user write to it?")
}
