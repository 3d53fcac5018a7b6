package layout

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compiled holds the members of the output of `go list -export -json` that the type checker needs.
type compiled struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// TestRows_areReadByName: only package record reads or writes a column of a row by a constant number. The columns of a
// row have the order of its request, so code that reads row[3] depends on a list of columns in another place, and a
// column added to that list can shift the read. record.Reader, record.Texts and record.IndexOf read by name, and
// record.Filled writes by name.
func TestRows_areReadByName(t *testing.T) {
	packages, exports := compile(t)
	files := token.NewFileSet()
	exported := importer.ForCompiler(files, "gc",
		func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for _, p := range packages {
		if !strings.HasPrefix(p.ImportPath, module) || p.ImportPath == module+"pkg/record" {
			continue
		}
		var parsed []*ast.File
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			parsed = append(parsed, file)
		}
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
		if _, err := (&types.Config{Importer: exported}).Check(p.ImportPath, files, parsed, info); err != nil {
			t.Fatal(err)
		}
		for _, file := range parsed {
			ast.Inspect(file, func(n ast.Node) bool {
				at, ok := n.(*ast.IndexExpr)
				if !ok || !isRow(info.TypeOf(at.X)) || info.Types[at.Index].Value == nil {
					return true
				}
				where := files.Position(at.Pos())
				t.Errorf("%s: %s reads or writes a column of a row by its number, not by its name", where, types.ExprString(at))
				return true
			})
		}
	}
}

func isRow(t types.Type) bool {
	if t == nil {
		return false
	}
	switch strings.TrimPrefix(t.String(), module) {
	case "pkg/record.Row", "[]" + module + "pkg/record.Value":
		return true
	}
	return false
}

func compile(t *testing.T) (packages []compiled, exports map[string]string) {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles", module+"pkg/...").
		Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	exports = map[string]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p compiled
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages, exports
		} else if err != nil {
			t.Fatal(err)
		}
		packages, exports[p.ImportPath] = append(packages, p), p.Export
	}
}
