package layout

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestContextsEndInWords: Go's error "context deadline exceeded" means nothing to people, so packages return
// fail.Ended(ctx) in its place.
func TestContextsEndInWords(t *testing.T) {
	t.Parallel()
	raw := regexp.MustCompile(`return (.*, )?(ctx\.Err\(\)|context\.(Cause\(.*\)|Canceled|DeadlineExceeded))$`)
	// iostreams and program import nothing of ours, fail defines the words, and file has its own words.
	spared := map[string]bool{"pkg/iostreams/prompt.go": true, "pkg/fail/fail.go": true, "pkg/file/await.go": true,
		"pkg/program/group_unix.go": true}
	root := filepath.Join("..", "..", "..")
	seen := 0
	err := filepath.WalkDir(filepath.Join(root, "pkg"), func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") ||
			strings.HasPrefix(name, "pkg/internal/") || spared[name] {
			return err
		}
		seen++
		text, err := os.ReadFile(path)
		for i, line := range strings.Split(string(text), "\n") {
			if raw.MatchString(line) {
				t.Errorf("%s:%d: %s: return fail.Ended(ctx), which says it in words", name, i+1, strings.TrimSpace(line))
			}
		}
		return err
	})
	if err != nil || seen < 100 {
		t.Errorf("%d files were read, %v", seen, err)
	}
}
