package file

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Lock takes the lock of the file. If another process holds the lock, Lock waits for it until ctx ends. The lock is a
// separate, empty file beside the file, because the file itself is replaced; the lock file is not removed. The system
// releases the lock of a killed process. On systems that have no such locks, Lock locks nothing.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	target, plain, err := resolve(path)
	if err == nil && !plain {
		err = &os.PathError{Op: "write", Path: path, Err: errors.New("not a regular file")}
	}
	if err != nil {
		return nil, withKind(err, path, "", nil)
	}
	f, err := os.OpenFile(filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+".lock"), os.O_RDWR|os.O_CREATE,
		0o600)
	if err != nil {
		return nil, withKind(err, path, "", nil)
	}
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		took, err := tryLock(f)
		switch {
		case err != nil:
			f.Close()
			return nil, withKind(&os.PathError{Op: "lock", Path: f.Name(), Err: err}, path, "", nil)
		case took:
			return func() { f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, withKind(ctx.Err(), path, "another process did not finish changing it",
				fail.Say("nothing was changed; %s", lookFor(f.Name())))
		case <-time.After(wait):
		}
	}
}
