package config

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
)

// lock keeps other rabbitctl processes from changing the file until unlock is called. It also removes temporary files
// of killed processes, which can hold a password. A missing folder is created only if create is true; otherwise there
// is nothing to lock.
func lock(ctx context.Context, path string, create bool) (unlock func(), err error) {
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		if !create {
			return func() {}, nil
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, writeError(err)
		}
	}
	if unlock, err = file.Lock(ctx, path); err != nil {
		return nil, writeError(err)
	}
	// The names that temporary files had in releases without a lock.
	former := regexp.MustCompile(`^\.config-\d+\.toml$`)
	if err := errors.Join(file.RemoveLeftovers(path), file.RemoveMatching(folder, former)); err != nil {
		unlock()
		return nil, writeError(err)
	}
	return unlock, nil
}

// save replaces the file in one step: readers see the old text or the new one. A symbolic link stays a link.
func (e *editor) save(ctx context.Context) error {
	return writeError(file.Replace(ctx, e.path, file.Secret, e.text))
}

func writeError(err error) error {
	if err == nil {
		return nil
	}
	kept := fail.New(fail.KindOf(err), "configuration file: %w", err)
	if kept.Kind == fail.Internal {
		kept.Kind = fail.Config
	}
	kept.Hint = fail.HintOf(err)
	return kept
}
