package app

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
)

// The largest files that are read. What check_queues keeps of 100,000 queues has 5 MB, and brokers take definitions of 20 MB unless
// they are told to take more.
const (
	largestFile        = 64 << 20
	largestDefinitions = 256 << 20
	largestPEM         = 16 << 20
)

// ReadFile is the whole file, of at most 64 MiB. One that is not there is an error for which errors.Is(err, fs.ErrNotExist)
// holds.
func (a *App) ReadFile(path string) ([]byte, error) { return a.readFile(path, largestFile) }

// ReadDefinitions is ReadFile for definitions, of at most 256 MiB; "" is the standard input.
func (a *App) ReadDefinitions(ctx context.Context, path string) ([]byte, error) {
	if path != "" {
		return a.readFile(path, largestDefinitions)
	}
	return file.ReadAll(ctx, a.IO.In, "standard input", largestDefinitions)
}

// Exists tells whether something is at the path that can be looked at: a file, a folder, or anything else.
func (a *App) Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (a *App) readFile(path string, largest int64) ([]byte, error) {
	ctx, cancel := a.local()
	defer cancel()
	data, _, err := file.Read(ctx, path, largest)
	var on *fs.PathError
	if errors.As(err, &on) {
		return nil, fail.New(fail.Config, "%s cannot be read: %w", path, on.Err)
	}
	return data, err
}
