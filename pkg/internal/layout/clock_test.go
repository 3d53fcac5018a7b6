package layout

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestClockIsGiven: commands read the time and wait only with the clock that they are given, so that tests can set it.
func TestClockIsGiven(t *testing.T) {
	t.Parallel()
	clock := regexp.MustCompile(`\btime\.(Now|After|AfterFunc|Sleep|Since|NewTimer|NewTicker|Tick)\(`)
	seen := 0
	for _, place := range []string{"cmd", "verb", "personality"} {
		err := filepath.WalkDir(filepath.Join("..", "..", place), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			seen++
			text, err := os.ReadFile(path)
			for i, line := range strings.Split(string(text), "\n") {
				if code, _, _ := strings.Cut(line, "//"); clock.MatchString(code) {
					t.Errorf("%s:%d: %s: use the clock of verb.Host or app.App", filepath.ToSlash(path), i+1, strings.TrimSpace(line))
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if seen < 100 {
		t.Errorf("%d files were read", seen)
	}
}
