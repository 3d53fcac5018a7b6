package app

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
)

// The largest files that are read, in bytes. The state file of check_queues has 5 MB at 100,000 queues, and by default
// brokers accept definitions of up to 20 MB.
const (
	largestFile        = 64 << 20
	largestDefinitions = 256 << 20
	largestPEM         = 16 << 20
)

// ReadFile returns the whole file. A file of more than 64 MiB is an error. For a missing file, errors.Is(err,
// fs.ErrNotExist) holds.
func (a *App) ReadFile(path string) ([]byte, error) { return a.readFile(path, largestFile) }

// ReadDefinitions is ReadFile for definitions, of at most 256 MiB; "" means standard input.
func (a *App) ReadDefinitions(ctx context.Context, path string) ([]byte, error) {
	if path != "" {
		return a.readFile(path, largestDefinitions)
	}
	return file.ReadAll(ctx, a.IO.In, "standard input", largestDefinitions)
}

// ReadInput returns the whole standard input. More than 64 MiB is an error.
func (a *App) ReadInput() ([]byte, error) {
	ctx, cancel := a.local()
	defer cancel()
	return file.ReadAll(ctx, a.IO.In, "standard input", largestFile)
}

// Exists reports whether there is something at the path: a file, a folder, or anything else.
func (a *App) Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (a *App) readFile(path string, largest int64) ([]byte, error) {
	ctx, cancel := a.local()
	defer cancel()
	data, _, err := file.Read(ctx, path, largest)
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return nil, fail.New(fail.Config, "%s cannot be read: %w", path, pathErr.Err)
	}
	return data, err
}
