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

// Lock is held on a folder itself, so that no lock file is left behind. It ends with the process that holds it, and with every
// process that inherited File.
type Lock struct{ File *os.File }

// Unlock gives the folder free.
func (l *Lock) Unlock() { l.File.Close() }

// Lock waits until no other devbroker works on the broker, then keeps others out. With create, the folder is made when it is
// missing; else that is a NotFound error. Waiting is called once when it has to wait.
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
			return nil, fail.New(fail.NotFound, "there is no broker %s", name).Next("devbroker status lists the brokers, devbroker up starts one")
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

// LockFolder waits until it holds the folder, which is made when it is missing.
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

// lockFolder is LockFolder for work that takes milliseconds.
func lockFolder(dir string) (*Lock, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return LockFolder(ctx, dir, func() {})
}

// tryLock locks a folder, or says fs.ErrNotExist when it is gone and EWOULDBLOCK when somebody else has it.
func tryLock(dir string) (*Lock, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	// The holder before us may have removed the folder: then we hold something nobody else will look at.
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
