package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFlagsAreWordedAbove: a package that a plan file or another tool can use, too, names properties in its errors.
// Which flag or which line that was, its caller says.
func TestFlagsAreWordedAbove(t *testing.T) {
	t.Parallel()
	flag := regexp.MustCompile(`(^|[^-\w])--[a-z]`)
	for _, place := range []string{"topology", "routing", "erlang"} {
		seen := 0
		root := filepath.Join("..", "..", place)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			seen++
			ast.Inspect(f, func(n ast.Node) bool {
				if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING && flag.MatchString(text.Value) {
					t.Errorf("%s: %s names a flag", files.Position(text.Pos()), text.Value)
				}
				return true
			})
			return nil
		})
		if err != nil || seen == 0 {
			t.Errorf("pkg/%s: %d files were read, %v", place, seen, err)
		}
	}
}
