//go:build !unix && !windows

package file

import (
	"io/fs"
	"os"
)

func keepOwner(*os.File, fs.FileInfo) (group bool, err error) { return true, nil }

func syncFolder(string) error { return nil }

// rename puts a file into the place of another.
func rename(from, to string) error { return os.Rename(from, to) }

// lookFor says how to find who has a file open.
func lookFor(path string) string { return "look for it with: fuser -v " + path }
