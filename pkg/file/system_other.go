//go:build !unix && !windows

package file

import (
	"io/fs"
	"os"
)

func keepOwner(*os.File, fs.FileInfo) (group bool, err error) { return true, nil }

func syncFolder(string) error { return nil }

// rename moves a file to the name of another file, which it replaces.
func rename(from, to string) error { return os.Rename(from, to) }

// lookFor says how to find out which program has a file open.
func lookFor(path string) string { return "look for it with: fuser -v " + path }
