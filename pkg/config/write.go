package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// save replaces the file in one step: readers see the old text or the new one. A link stays a link to the changed file.
func (e *editor) save() error {
	if err := replaceFile(e.path, e.text); err != nil {
		return fail.New(fail.Config, "configuration file: %w", err)
	}
	return nil
}

// replaceFile writes a file that only its owner can read, in folders that it makes as needed.
func replaceFile(path string, text []byte) error {
	path, err := followLinks(path)
	if err != nil {
		return err
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".config-*.toml") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once the file is renamed
	if old, statErr := os.Stat(path); statErr == nil {
		err = keepOwner(f, old)
	}
	if err == nil {
		_, err = f.Write(text)
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// followLinks is the file that path leads to, which need not exist.
func followLinks(path string) (string, error) {
	for range 40 { // as deep as Linux follows
		target, err := os.Readlink(path)
		if err != nil {
			if info, statErr := os.Lstat(path); statErr == nil && !info.Mode().IsRegular() {
				return "", &fs.PathError{Op: "write", Path: path, Err: errors.New("is no regular file")}
			}
			return path, nil
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	return "", &fs.PathError{Op: "write", Path: path, Err: errors.New("too many links")}
}
