package app_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// TestCreateFile_standardOutput: control characters in a text must not reach a terminal, but must go unchanged into a
// pipe.
func TestCreateFile_standardOutput(t *testing.T) {
	t.Parallel()
	for terminal, want := range map[bool]string{true: `red \x1b[31m` + "\nü\n", false: "red \x1b[31m\nü\n"} {
		streams, out, _ := iostreams.Test("")
		streams.OutTTY = terminal
		f, err := app.New(streams, nil, "test").CreateFile("-")
		if err != nil {
			t.Fatal(err)
		}
		text := "red \x1b[31m\nü\n"
		if n, err := f.Write([]byte(text)); n != len(text) || err != nil || errors.Join(f.Sync(), f.Close()) != nil {
			t.Errorf("%d, %v", n, err)
		}
		if out.String() != want {
			t.Errorf("terminal %v: %q", terminal, out)
		}
	}
}

// TestCreateFile: only the owner can read the new file, an existing file is never overwritten, and Discard removes the
// new file.
func TestCreateFile(t *testing.T) {
	t.Parallel()
	streams, _, _ := iostreams.Test("")
	a := app.New(streams, nil, "test")
	path := filepath.Join(t.TempDir(), "new")
	f, err := a.CreateFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if _, err := a.CreateFile(path); fail.KindOf(err) != fail.Output {
		t.Errorf("written over: %v", err)
	}
	if err := f.Discard(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("it is still there")
	}
}
