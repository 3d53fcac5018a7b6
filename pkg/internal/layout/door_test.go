package layout

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOneDoor: connections are made in pkg/broker/wire.go only, so that a client's wire can be replaced as a whole.
func TestOneDoor(t *testing.T) {
	t.Parallel()
	dials := regexp.MustCompile(`\b(net\.(Dial|Lookup|(Default)?Resolver)|tls\.(Dial|Dialer)|http\.(Transport\{|Default(Transport|Client)\b|Get\(|Post|Head\())`)
	root := filepath.Join("..", "..", "..")
	door := false
	err := filepath.WalkDir(filepath.Join(root, "pkg"), func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "pkg/internal/") {
			return err
		}
		text, err := os.ReadFile(path)
		for i, line := range strings.Split(string(text), "\n") {
			switch code, _, _ := strings.Cut(line, "//"); {
			case !dials.MatchString(code):
			case name == "pkg/broker/wire.go":
				door = true
			default:
				t.Errorf("%s:%d: %s: connect through broker.Wire", name, i+1, strings.TrimSpace(line))
			}
		}
		return err
	})
	if err != nil || !door {
		t.Errorf("no connection is made in pkg/broker/wire.go: %v", err)
	}
}
