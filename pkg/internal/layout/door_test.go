package layout

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOneDoor: one file opens all HTTP connections, another all AMQP connections, and a third all connections to Erlang
// nodes. So the transport of a client can be replaced as a whole.
func TestOneDoor(t *testing.T) {
	t.Parallel()
	dials := regexp.MustCompile(
		`\b(net\.(Dial|Lookup|(Default)?Resolver)|tls\.(Dial|Dialer)|http\.(Transport\{|Default(Transport|Client)\b|Get\(|Post|Head\())`)
	root := filepath.Join("..", "..", "..")
	doors := map[string]bool{"pkg/broker/wire.go": false, "pkg/amqp/connection.go": false,
		"pkg/erldist/target.go": false}
	err := filepath.WalkDir(filepath.Join(root, "pkg"), func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") ||
			strings.HasPrefix(name, "pkg/internal/") {
			return err
		}
		text, err := os.ReadFile(path)
		for i, line := range strings.Split(string(text), "\n") {
			code, _, _ := strings.Cut(line, "//")
			if !dials.MatchString(code) {
				continue
			}
			if _, allowed := doors[name]; !allowed {
				t.Errorf("%s:%d: %s: connect through broker.Wire", name, i+1, strings.TrimSpace(line))
			}
			doors[name] = true
		}
		return err
	})
	for name, used := range doors {
		if err != nil || !used {
			t.Errorf("no connection is made in %s: %v", name, err)
		}
	}
}
