package file

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// folder makes a folder for the test. It is not t.TempDir, because os.RemoveAll fails under wine 8.
func folder(t *testing.T) string {
	t.Helper()
	path, err := os.MkdirTemp("", "file-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		left, _ := filepath.Glob(filepath.Join(path, "*"))
		for _, name := range append(left, filepath.Join(path, ".config.toml.lock"), path) {
			_ = os.Remove(name)
		}
	})
	return path
}

func TestWindows_lock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(folder(t), "config.toml")
	unlock, err := Lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Lock(ctx, path); fail.KindOf(err) != fail.Timeout {
		t.Errorf("locked twice: %v", err)
	}
	time.AfterFunc(20*time.Millisecond, unlock)
	again, err := Lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// A file that another program reads is replaced as soon as that program has closed it.
func TestWindows_replaceWhatIsOpen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(folder(t), "config.toml")
	for _, text := range []string{"first", "second"} {
		if text == "second" {
			reader, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(50*time.Millisecond, func() { reader.Close() })
		}
		if err := Replace(t.Context(), path, Private, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*.tmp")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
