package layout

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cli"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// TestOwnChangesAreAdvised: a text that advises a change names the command of rabbitctl if there is one, and not the
// official tool, which needs Erlang. Texts for the official dialect may name the official tool.
func TestOwnChangesAreAdvised(t *testing.T) {
	t.Parallel()
	streams, _, _ := iostreams.Test("")
	var changes []string
	for _, c := range cli.Root(app.New(streams, nil, "test")).Commands() {
		if c.Flags().Lookup("dry-run") != nil {
			changes = append(changes, c.Name())
		}
	}
	if len(changes) < 30 {
		t.Fatalf("commands that change something: %q", changes)
	}
	theirs := regexp.MustCompile(`(rabbitmqctl|rabbitmq-[a-z]+) (-\S+ \S+ )*(` + strings.Join(changes, "|") + `)\b`)
	root := filepath.Join("..", "..")
	for _, place := range []string{"steps", "verb", "diagnose", "change", "survey", "cmd", "health"} {
		each(t, filepath.Join(root, place), func(files *token.FileSet, f *ast.File) {
			ast.Inspect(f, func(n ast.Node) bool {
				if fn, is := n.(*ast.FuncDecl); is && fn.Name.Name == "official" {
					return false
				}
				if text, is := n.(*ast.BasicLit); is && text.Kind == token.STRING && theirs.MatchString(text.Value) {
					t.Errorf("%s: %s", files.Position(text.Pos()), text.Value)
				}
				return true
			})
		})
	}
	for _, folder := range []string{"runbooks", "findings"} {
		err := filepath.WalkDir(filepath.Join(root, "..", "docs", folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			for i, line := range strings.Split(string(text), "\n") {
				if theirs.MatchString(line) {
					t.Errorf("%s:%d: %s", path, i+1, line)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
