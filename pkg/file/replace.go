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

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Access says who may read a file that Replace writes.
type Access int

const (
	// Public is for metrics collectors: other users can read a new file, whatever the umask. An existing file keeps
	// its mode.
	Public Access = iota
	// Private is for files that can hold secrets: only the owner can read a new file. An existing file keeps its mode.
	Private
	// Secret is for passwords: only the owner can read the file, even if others could before.
	Secret
)

// mode returns the file's new mode; old is nil for a new file.
func (a Access) mode(old fs.FileInfo) fs.FileMode {
	switch {
	case a != Secret && old != nil:
		return old.Mode().Perm()
	case a == Public:
		return 0o644
	}
	return 0o600
}

// Replace writes a whole file: a reader sees the old text or the new one, never a part. It writes a temporary file
// beside the file and renames it. On an error before the renaming the old file stays. A symbolic link stays a link, and
// an existing file keeps its owner and group if this user may set them.
//
// Anything but a regular file (a terminal, a pipe, /dev/stdout, even if that is redirected to a file) is written to
// directly, until ctx ends, because renaming would put a regular file in its place.
func Replace(ctx context.Context, path string, access Access, content []byte) error {
	target, plain, err := resolve(path)
	if err == nil && plain {
		err = writeAndRename(target, access, content)
	} else if err == nil {
		_, err = Await(ctx, func() (struct{}, error) { return struct{}{}, overwrite(path, content) })
	}
	return withKind(err, path, "not all data could be written to it",
		fail.Say("check that a program reads from it, or ").Do(fail.WaitLonger))
}

// resolve follows links to the target, which need not exist. plain is false if the target is not a regular file, or if
// its name stands for an open file, as /dev/stdout does.
func resolve(path string) (target string, plain bool, err error) {
	for range 40 { // Linux follows at most this many links
		// Resolve the folder first: a relative link counts from the folder that really holds the link.
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

// namesOpenFile reports whether links in the folder are names of open files: /dev/stdout, /proc/self/fd/1.
func namesOpenFile(folder string) bool {
	return folder == "/dev" || folder == "/dev/fd" || strings.HasPrefix(folder+"/", "/proc/")
}

func writeAndRename(path string, access Access, content []byte) error {
	old, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	mode := access.mode(old)
	f, err := newTemporary(path)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // does nothing after the file is renamed
	if old != nil {
		// Change the owner before anything is written, and before the mode, because a change of the owner can clear
		// bits of the mode.
		var group bool
		if group, err = keepOwner(f, old); !group {
			mode = mode&^0o070 | mode&0o007<<3 // without the old group, the new group gets no more rights than everybody
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
	if err := rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// newTemporary creates a temporary file in the folder of the file, readable by its owner only. Metrics collectors read
// *.prom, so the name of the temporary file ends in .tmp.
func newTemporary(path string) (*os.File, error) {
	base := filepath.Base(path)
	for {
		name := "." + base[:min(len(base), 200)] + "." + strconv.FormatUint(rand.Uint64(), 36) + ".tmp"
		f, err := os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// overwrite writes to the file without replacing it. It appends, so that a file to which /dev/stdout is redirected
// keeps what the caller wrote there.
func overwrite(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
