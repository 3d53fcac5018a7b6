//go:build unix

package file

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// pipe returns the path of a named pipe that no program has opened. At the end of the test it ends every call that
// still waits for the pipe.
func pipe(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
			f.Close()
		}
	})
	return path
}

func TestPipe_withoutOtherEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		ctx  func(context.Context) (context.Context, context.CancelFunc)
		kind fail.Kind
	}{
		{"the time ends", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 10*time.Millisecond)
		}, fail.Timeout},
		{"interrupted", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(10*time.Millisecond, cancel)
			return ctx, cancel
		}, fail.Canceled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			read := func(ctx context.Context, path string) error { _, _, err := Read(ctx, path, 10); return err }
			written := func(ctx context.Context, path string) error { return Replace(ctx, path, Public, []byte("x")) }
			for _, do := range []func(context.Context, string) error{read, written} {
				path := pipe(t) // a new pipe each time: a call that was given up still uses its pipe
				ctx, cancel := tt.ctx(t.Context())
				err := do(ctx, path)
				cancel()
				if fail.KindOf(err) != tt.kind || strings.Contains(err.Error(), "context") || !strings.Contains(err.Error(), path) {
					t.Errorf("%s: %v", fail.KindOf(err), err)
				}
			}
		})
	}
}

// A pipe is read and written like a file if another program opens the other end, even if that program opens it late.
func TestPipe_somebodyComes(t *testing.T) {
	t.Parallel()
	path := pipe(t)
	got := make(chan []byte)
	go func() {
		time.Sleep(20 * time.Millisecond)
		data, _ := os.ReadFile(path)
		got <- data
	}()
	long := bytes.Repeat([]byte("x"), 200_000) // more than a pipe holds
	if err := Replace(t.Context(), path, Public, long); err != nil {
		t.Error(err)
	}
	if data := <-got; !bytes.Equal(data, long) {
		t.Errorf("%d bytes came", len(data))
	}
	go func() {
		time.Sleep(20 * time.Millisecond)
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			io.WriteString(f, "text")
			f.Close()
		}
	}()
	if data, _, err := Read(t.Context(), path, 10); err != nil || string(data) != "text" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "config.toml")
	unlock, err := Lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("config.toml", link); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := Lock(ctx, link); fail.KindOf(err) != fail.Timeout || !strings.Contains(err.Error(), "another process") {
		t.Errorf("the lock of the same file, by another name: %v", err)
	}
	time.AfterFunc(20*time.Millisecond, unlock)
	again, err := Lock(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	again()
	if info, err := os.Stat(filepath.Join(dir, ".config.toml.lock")); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := Lock(t.Context(), dir); fail.KindOf(err) != fail.Config {
		t.Errorf("a folder was locked: %v", err)
	}
	if err := Replace(t.Context(), filepath.Join(dir, "x", "y"), Public, nil); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("%v", err)
	}
}
