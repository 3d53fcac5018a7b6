package file

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Access says who may read a file that Replace writes.
type Access int

const (
	// Public is for what collectors read: everybody may read a new file, whatever the umask; one that is there keeps its mode.
	Public Access = iota
	// Private is for what can hold secrets: its owner alone may read a new file; one that is there keeps its mode.
	Private
	// Secret is for passwords: its owner alone may read the file, also where it was there and others could.
	Secret
)

// mode is that of the file; old is nil for a new one.
func (a Access) mode(old fs.FileInfo) fs.FileMode {
	switch {
	case a != Secret && old != nil:
		return old.Mode().Perm()
	case a == Public:
		return 0o644
	}
	return 0o600
}

// Replace writes a file anew so that a reader sees the old text or the new one, never a part: into a temporary file beside
// it, which is then renamed. Where anything fails the old file stays. A link stays a link to the file that is written, and
// a file that is there keeps its owner.
//
// What is no file (a terminal, a pipe, /dev/stdout, also where that leads into a file) is written to, for as long as ctx
// lasts: renaming would put a file into its place.
func Replace(ctx context.Context, path string, access Access, content []byte) error {
	target, plain, err := resolve(path)
	if err == nil && plain {
		err = renamed(target, access, content)
	} else if err == nil {
		_, err = Await(ctx, func() (struct{}, error) { return struct{}{}, overwrite(path, content) })
	}
	return trouble(err, path, "it did not take all that is written", "does something read from it? a longer --timeout waits longer")
}

// resolve follows links to the file that is meant, which need not exist. plain is false where it is no regular file, or is
// reached by a name of an open one.
func resolve(path string) (target string, plain bool, err error) {
	for range 40 { // as deep as Linux follows
		// The folder first: what stands in a link is relative to where the link really is.
		folder, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return "", false, err
		}
		path = filepath.Join(folder, filepath.Base(path))
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return path, true, nil
		case err != nil:
			return "", false, err
		case info.Mode()&fs.ModeSymlink == 0:
			return path, info.Mode().IsRegular(), nil
		case namesOpenFile(folder):
			return path, false, nil
		}
		next, err := os.Readlink(path)
		if err != nil {
			return "", false, err
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(folder, next)
		}
		path = next
	}
	return "", false, &fs.PathError{Op: "write", Path: path, Err: syscall.ELOOP}
}

// namesOpenFile tells whether links in the folder are names of open files: /dev/stdout, /proc/self/fd/1.
func namesOpenFile(folder string) bool {
	return folder == "/dev" || folder == "/dev/fd" || strings.HasPrefix(folder+"/", "/proc/")
}

func renamed(path string, access Access, content []byte) error {
	old, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	mode := access.mode(old)
	f, err := beside(path)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once the file is renamed
	if old != nil {
		// Before anything is in it, and before the mode, which a change of the owner can take bits from.
		var group bool
		if group, err = keepOwner(f, old); !group {
			mode = mode&^0o070 | mode&0o007<<3 // another group may do no more than everybody
		}
	}
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		_, err = f.Write(content)
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// beside makes a new file in the folder of another, for its owner alone, under a name that collectors do not pick up: they read *.prom.
func beside(path string) (*os.File, error) {
	base := filepath.Base(path)
	for {
		name := "." + base[:min(len(base), 200)] + "." + strconv.FormatUint(rand.Uint64(), 36) + ".tmp"
		f, err := os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// overwrite appends where /dev/stdout is a file: what stands there already is the caller's.
func overwrite(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
