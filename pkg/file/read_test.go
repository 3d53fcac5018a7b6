package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func TestRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x")
	put(t, path, "12345", 0o640)
	data, info, err := Read(t.Context(), path, 5)
	if err != nil || string(data) != "12345" || info.Mode() != 0o640 {
		t.Errorf("%q, %v, %v", data, info, err)
	}
	if _, _, err := Read(t.Context(), path, 4); fail.KindOf(err) != fail.Config || !strings.Contains(err.Error(),
		path+" is larger than") {
		t.Errorf("%v", err)
	}
	if _, _, err := Read(t.Context(), path+"x", 4); fail.KindOf(err) != fail.Config || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	// An endless file is read up to the limit only.
	if _, _, err := Read(t.Context(), "/dev/zero", 1<<20); err == nil ||
		err.Error() != "/dev/zero is larger than 1 MiB, the limit for this file" {
		t.Errorf("%v", err)
	}
}

// Data that is available at once can be read after the context has ended, because that takes no time.
func TestRead_afterTheEnd(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x")
	put(t, path, "12345", 0o600)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if data, _, err := Read(ctx, path, 5); err != nil || string(data) != "12345" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestReadAll_waitsNoLonger(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := ReadAll(ctx, r, "standard input", 10); fail.KindOf(err) != fail.Timeout || strings.Contains(err.Error(),
		"context") {
		t.Errorf("%v", err)
	}
	if _, err := ReadAll(t.Context(), strings.NewReader("0123456789x"), "standard input",
		10); fail.KindOf(err) != fail.Config {
		t.Errorf("%v", err)
	}
}
