package file

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
)

// RemoveLeftovers removes the temporary files that a killed process left when it was replacing the same file. Call it
// only while you hold the file's lock: then no other process writes the file.
func RemoveLeftovers(path string) error {
	target, plain, err := resolve(path)
	if err != nil || !plain {
		return err
	}
	name := regexp.MustCompile(`^\.` + regexp.QuoteMeta(filepath.Base(target)) + `\.[0-9a-z]+\.tmp$`)
	return RemoveMatching(filepath.Dir(target), name)
}

// RemoveMatching removes the regular files of a folder whose names match. A missing folder is not an error.
func RemoveMatching(folder string, name *regexp.Regexp) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if e.Type().IsRegular() && name.MatchString(e.Name()) {
			err = errors.Join(err, os.Remove(filepath.Join(folder, e.Name())))
		}
	}
	return err
}
