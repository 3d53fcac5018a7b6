package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// longest is how many lines a function may have. Its last return statement does not count, because functions that
// return tables or commands end with a long one. The limit also holds for a function inside that statement.
const longest = 80

func TestFunctionsAreShort(t *testing.T) {
	t.Parallel()
	files := token.NewFileSet()
	lines := func(n ast.Node) int { return files.Position(n.End()).Line - files.Position(n.Pos()).Line + 1 }
	check := func(body *ast.BlockStmt, where token.Pos) {
		n := lines(body)
		if last := len(body.List) - 1; last >= 0 {
			if r, ok := body.List[last].(*ast.ReturnStmt); ok {
				n -= lines(r)
			}
		}
		if n > longest {
			t.Errorf("%s: a function of %d lines", files.Position(where), n)
		}
	}
	err := filepath.WalkDir("../../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil || ast.IsGenerated(file) {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch f := n.(type) {
			case *ast.FuncDecl:
				if f.Body != nil {
					check(f.Body, f.Pos())
				}
			case *ast.FuncLit:
				check(f.Body, f.Pos())
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestChangeFilesAreShort: more than half of the files whose commands are made by package change have fewer than 60
// lines, help included.
func TestChangeFilesAreShort(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "cmd", "*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var lengths []int
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") && strings.Contains(string(text), "verb.Of(change.") {
			lengths = append(lengths, strings.Count(string(text), "\n"))
		}
	}
	slices.Sort(lengths)
	if len(lengths) < 40 || lengths[len(lengths)/2] >= 60 {
		t.Errorf("%d files, with %d lines in the middle", len(lengths), lengths[len(lengths)/2])
	}
}
