package state

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Lock is a lock on the folder itself, so that no lock file is left. It lasts until the process that holds it, and
// every process that inherited File, has closed File or ended.
type Lock struct{ File *os.File }

// Unlock releases the folder.
func (l *Lock) Unlock() { l.File.Close() }

// Lock waits for the lock of the broker's folder. If the folder is missing, Lock creates it if create is true, and
// otherwise returns a NotFound error. If Lock has to wait, it calls the given function once.
func (s Store) Lock(ctx context.Context, name string, create bool, waiting func()) (*Lock, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	dir := s.Folder(name)
	for waited := false; ; {
		if create {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return nil, err
			}
		}
		lock, err := tryLock(dir)
		switch {
		case err == nil:
			return lock, nil
		case errors.Is(err, fs.ErrNotExist) && !create:
			return nil, fail.New(fail.NotFound, "there is no broker %s", name).
				Next("devbroker status lists the brokers, devbroker up starts one")
		case errors.Is(err, fs.ErrNotExist):
			continue
		case !errors.Is(err, unix.EWOULDBLOCK):
			return nil, err
		}
		if !waited {
			waited = true
			waiting()
		}
		select {
		case <-ctx.Done():
			return nil, fail.New(fail.Timeout, "another devbroker is still working on %s", name)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// LockFolder waits for the lock of the folder, and creates a missing folder.
func LockFolder(ctx context.Context, dir string, waiting func()) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	for waited := false; ; {
		lock, err := tryLock(dir)
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return lock, err
		}
		if !waited {
			waited = true
			waiting()
		}
		select {
		case <-ctx.Done():
			return nil, fail.New(fail.Timeout, "another devbroker is still working on %s", dir)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// lockFolder is LockFolder for a lock that is held for milliseconds only: it waits for 10 s at most.
func lockFolder(dir string) (*Lock, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return LockFolder(ctx, dir, func() {})
}

// tryLock locks a folder. It returns fs.ErrNotExist when the folder is gone, and EWOULDBLOCK when another process has
// the lock.
func tryLock(dir string) (*Lock, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	// The previous holder may have removed the folder: then this lock is on a folder that nobody else sees.
	held, err := f.Stat()
	if err == nil {
		var there os.FileInfo
		if there, err = os.Stat(dir); err == nil && !os.SameFile(held, there) {
			err = fs.ErrNotExist
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &Lock{File: f}, nil
}
