package app

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// TestOpenLarge: reading a regular file may take longer than the time limit while it delivers data.
func TestOpenLarge(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	streams, _, _ := iostreams.Test("")
	a := New(streams, nil, "test")
	a.Limit(20 * time.Millisecond)
	f, err := a.OpenLarge(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(40 * time.Millisecond)
	if text, err := io.ReadAll(f); string(text) != "text" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	// A device may never end, so the time limit holds for it.
	f, err = a.OpenLarge(t.Context(), os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(40 * time.Millisecond)
	if _, err := io.ReadAll(f); err != nil && fail.KindOf(err) != fail.Timeout {
		t.Error(err)
	}
}

// TestEndingReader_patience: patience limits each single read, not all reads together.
func TestEndingReader_patience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		from, to := io.Pipe()
		r := &endingReader{ctx: t.Context(), from: from, patience: time.Second, name: "dead.jsonl"}
		go func() {
			for range 5 {
				time.Sleep(900 * time.Millisecond)
				_, _ = to.Write([]byte("x"))
			}
		}()
		began := time.Now()
		text, err := io.ReadAll(r)
		if string(text) != "xxxxx" || fail.KindOf(err) != fail.Timeout || time.Since(began) != 5500*time.Millisecond {
			t.Errorf("%q, %v after %s", text, err, time.Since(began))
		}
		_ = to.Close()
	})
}
