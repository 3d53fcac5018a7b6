package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGeneratedFilesAreFresh fails when a command changed and `make gen` was not run.
func TestGeneratedFilesAreFresh(t *testing.T) {
	docs, completions := filepath.Join(t.TempDir(), "docs"), filepath.Join(t.TempDir(), "completions")
	if err := generate(docs, completions); err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("../../pkg/cli/nouns.go")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(nouns()), string(committed)); diff != "" {
		t.Errorf("pkg/cli/nouns.go is stale, run make gen:\n%s", diff)
	}
	for generated, committed := range map[string]string{
		filepath.Join(docs, "reference"): "../../docs/reference",
		filepath.Join(docs, "man"):       "../../docs/man",
		completions:                      "../../completions",
	} {
		want := files(t, generated)
		if len(want) == 0 {
			t.Fatalf("nothing was generated for %s", committed)
		}
		if diff := cmp.Diff(want, files(t, committed)); diff != "" {
			t.Errorf("%s is stale, run make gen:\n%s", committed, diff)
		}
	}
}

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "parity.md" {
			continue // made by a run against real brokers
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(b)
	}
	return out
}
