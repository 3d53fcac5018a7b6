package app

import (
	"errors"
	"io/fs"
	"os"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// ReadFile is the whole file. One that is not there is an error for which errors.Is(err, fs.ErrNotExist) holds.
func (a *App) ReadFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err == nil {
		return data, nil
	}
	cause := err
	var on *fs.PathError
	if errors.As(err, &on) {
		cause = on.Err
	}
	return nil, fail.New(fail.Config, "%s cannot be read: %w", path, cause)
}
