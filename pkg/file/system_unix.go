//go:build unix

package file

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives the new file the owner and group of the old one. Only root may change the owner; for other users
// the new file stays their own. group is false if even the old group could not be set.
func keepOwner(f *os.File, old fs.FileInfo) (group bool, err error) {
	stat, ok := old.Sys().(*syscall.Stat_t)
	info, err := f.Stat()
	if err != nil || !ok {
		return true, err
	}
	if own, ok := info.Sys().(*syscall.Stat_t); ok && own.Uid == stat.Uid && own.Gid == stat.Gid {
		return true, nil
	}
	err = f.Chown(int(stat.Uid), int(stat.Gid))
	if errors.Is(err, fs.ErrPermission) {
		if err = f.Chown(-1, int(stat.Gid)); errors.Is(err, fs.ErrPermission) {
			return false, nil
		}
	}
	return err == nil, err
}

// syncFolder makes sure that the new name survives a crash. It ignores file systems that cannot sync folders.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return nil // a folder can be writable but not readable
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}

// rename moves a file to the name of another file, which it replaces.
func rename(from, to string) error { return os.Rename(from, to) }

// lookFor says how to find out which program has a file open.
func lookFor(path string) string { return "look for it with: fuser -v " + path }
