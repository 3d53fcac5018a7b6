package app_test

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func TestReadFile(t *testing.T) {
	a := made(t, nil)
	if data, err := a.ReadFile(write(t, "x", []byte("text"))); err != nil || string(data) != "text" {
		t.Errorf("%q, %v", data, err)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	if _, err := a.ReadFile(missing); !errors.Is(err, fs.ErrNotExist) || fail.KindOf(err) != fail.Config ||
		err.Error() != missing+" cannot be read: no such file or directory" {
		t.Errorf("%v", err)
	}
	if _, err := a.ReadFile(t.TempDir()); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestSleep_endsWithTheContext(t *testing.T) {
	a := made(t, nil)
	if err := a.Sleep(t.Context(), time.Millisecond); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
