package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func put(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
}

func TestReplace_access(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		access Access
		old    fs.FileMode // 0: the file is not there
		want   fs.FileMode
	}{
		{"new, public", Public, 0, 0o644},
		{"new, private", Private, 0, 0o600},
		{"new, secret", Secret, 0, 0o600},
		{"there, public", Public, 0o640, 0o640},
		{"there, private", Private, 0o664, 0o664},
		{"there, secret", Secret, 0o644, 0o600},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "x")
			if tt.old != 0 {
				put(t, path, "old", tt.old)
			}
			if err := Replace(t.Context(), path, tt.access, []byte("new")); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if text, _ := os.ReadFile(path); err != nil || info.Mode() != tt.want || string(text) != "new" {
				t.Errorf("mode %v, want %v; %q, %v", info.Mode(), tt.want, text, err)
			}
			if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
				t.Errorf("%v is left", left)
			}
		})
	}
}

// Replacing the content of a link writes its target. Every link on the way to it stays a link.
func TestReplace_links(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	real := filepath.Join(dir, "real")
	if err := os.MkdirAll(filepath.Join(dir, "deep", "er"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, real, "old", 0o600)
	for link, to := range map[string]string{
		"one":           "real",
		"two":           "one",
		"folder":        "deep/er",
		"deep/er/up":    "../../real",
		"dangling":      "deep/new",
		"deep/er/there": filepath.Join(dir, "dangling"),
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		"one": real, "two": real, "folder/up": real, "folder/there": filepath.Join(dir, "deep", "new"),
		"dangling": filepath.Join(dir, "deep", "new"),
	} {
		path = filepath.Join(dir, filepath.FromSlash(path))
		before, _ := os.Readlink(path)
		if err := Replace(t.Context(), path, Private, []byte(path)); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		after, err := os.Readlink(path)
		if text, _ := os.ReadFile(want); err != nil || after != before || string(text) != path {
			t.Errorf("%s leads to %q, before to %q, %v; %s holds %q", path, after, before, err, want, text)
		}
	}
}

// A path such as /proc/self/fd/3 stands for an open file. That file is written to, and not replaced.
func TestReplace_namesOfOpenFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	put(t, path, "before\n", 0o600)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := filepath.Join("/proc/self/fd", strconv.Itoa(int(f.Fd())))
	if _, err := os.Stat(name); err != nil {
		t.Skip("this system has no names of open files there")
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(name, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{name, link} {
		if err := Replace(t.Context(), name, Public, []byte("added\n")); err != nil {
			t.Fatal(err)
		}
	}
	old, err := f.Stat()
	now, nowErr := os.Stat(path)
	if text, _ := os.ReadFile(path); err != nil || nowErr != nil || !os.SameFile(old, now) ||
		string(text) != "before\nadded\nadded\n" {
		t.Errorf("%v, %v: %q", err, nowErr, text)
	}
}

func TestReplace_failures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, loop, filepath.Join(dir, "missing", "x"), "/dev/full"} {
		if err := Replace(t.Context(), path, Public, []byte("x")); err == nil {
			t.Errorf("%s was written", path)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%v is left", left)
	}
}

func TestRemoveLeftovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "config.toml")
	for _, name := range []string{"config.toml", ".config.toml.0abc9.tmp", ".config.toml.x.y.tmp", ".other.toml.0abc9.tmp",
		".config.toml.lock"} {
		put(t, filepath.Join(dir, name), "x", 0o600)
	}
	if err := RemoveLeftovers(path); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if got, want := strings.Join(left, " "),
		".config.toml.lock .config.toml.x.y.tmp .other.toml.0abc9.tmp config.toml"; got != want {
		t.Errorf("left: %s\nwant: %s", got, want)
	}
}
