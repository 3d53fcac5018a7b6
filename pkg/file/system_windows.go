package file

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

func keepOwner(*os.File, fs.FileInfo) (group bool, err error) { return true, nil }

// syncFolder does nothing: Windows cannot sync a folder.
func syncFolder(string) error { return nil }

// rename replaces a file by another one. Windows refuses this while a program, for example a virus scanner, has the old
// file open, so rename tries again for about two seconds.
func rename(from, to string) error {
	for wait := 5 * time.Millisecond; ; wait *= 2 {
		err := os.Rename(from, to)
		busy := errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_SHARING_VIOLATION)
		if !busy || wait > time.Second {
			return err
		}
		time.Sleep(wait)
	}
}

// lookFor says how to find out which program has a file open.
func lookFor(path string) string {
	return "Resource Monitor (resmon) finds which program has " + path + " open"
}
