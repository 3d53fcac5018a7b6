package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cli"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// wordless returns the packages whose texts name no flag and no command, because different commands can use them. If an
// error of these packages advises a flag or a command, it has a fail.Act in place of the name. Four packages are not in
// the list: config and query, which are about flags, and health and diagnose, which write what checks and explanations
// print.
func wordless() []string {
	return []string{"amqp", "beside", "broker", "definitions", "erlang", "erldist", "fail", "file", "iostreams",
		"metrics", "program", "prose", "queues", "record", "routing", "survey", "timespan", "topology"}
}

// others returns texts that only look like flags or commands of ours.
func others() []string {
	return []string{
		`"erlang_version"`,              // also a member of the overview
		`"is_running"`,                  // also a function of module rabbit
		`"look for it with: fuser -v "`, // a flag of fuser
		`"rabbitctl "`,                  // fail.Command writes the line that it is given
	}
}

// TestFlagsAreWordedAbove: no text in the packages of wordless names a flag or a command.
func TestFlagsAreWordedAbove(t *testing.T) {
	t.Parallel()
	streams, _, _ := iostreams.Test("")
	names := []string{}
	for left := cli.Root(app.New(streams, nil, "test")).Commands(); len(left) > 0; left = left[1:] {
		names = append(append(names, left[0].Name()), left[0].Aliases...)
		left = append(left, left[0].Commands()...)
	}
	if len(names) < 100 {
		t.Fatalf("commands: %q", names)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !strings.Contains(name, "_") })
	ours := regexp.MustCompile(`(^|[^-\w])--[a-z]|(^|[\s(])-[a-z]\b|rabbitctl |rabbitmqctl |rabbitmq-[a-z]+ |\b(` +
		strings.Join(names, "|") + `)\b`)
	for _, place := range wordless() {
		seen := 0
		each(t, filepath.Join("..", "..", place), func(files *token.FileSet, f *ast.File) {
			seen++
			ast.Inspect(f, func(n ast.Node) bool {
				if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING && ours.MatchString(text.Value) &&
					!slices.Contains(others(), text.Value) {
					t.Errorf("%s: %s names a flag or a command", files.Position(text.Pos()), text.Value)
				}
				return true
			})
		})
		if seen == 0 {
			t.Errorf("pkg/%s has no file", place)
		}
	}
}

// TestActsAreWorded: package steps has a text for every fail.Act. Every fail.Act is used somewhere, each time with as
// many arguments as its text takes.
func TestActsAreWorded(t *testing.T) {
	t.Parallel()
	acts := map[string]bool{}
	each(t, filepath.Join("..", "..", "fail"), func(_ *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				if kind, ok := v.Type.(*ast.Ident); ok && kind.Name == "Act" {
					acts[v.Names[0].Name] = true
				}
			}
			return true
		})
	})
	takes, unused := worded(t, acts), maps.Clone(acts)
	each(t, filepath.Join("..", ".."), func(files *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 || !acts[nameOf(call.Args[0])] {
				return true
			}
			act, given := nameOf(call.Args[0]), len(call.Args)-1
			if n, ok := takes[act]; !ok || given != n && !call.Ellipsis.IsValid() {
				t.Errorf("%s: %s with %d arguments: its words take %d", files.Position(call.Pos()), act, given, n)
			}
			delete(unused, act)
			return true
		})
	})
	for act := range unused {
		t.Errorf("nothing advises fail.%s", act)
	}
}

// worded returns, for each act, how many arguments its text in package steps takes. It checks that all dialects take
// the same number.
func worded(t *testing.T, acts map[string]bool) map[string]int {
	t.Helper()
	takes := map[string]int{}
	each(t, filepath.Join("..", "..", "steps"), func(_ *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok || !acts[nameOf(pair.Key)] {
				return true
			}
			act, verbs := nameOf(pair.Key), 0
			ast.Inspect(pair.Value, func(part ast.Node) bool {
				if text, ok := part.(*ast.BasicLit); ok {
					verbs += strings.Count(text.Value, "%s") + strings.Count(text.Value, "%a")
				}
				return true
			})
			if before, twice := takes[act]; twice && before != verbs {
				t.Errorf("%s takes %d arguments in one dialect, %d in the other", act, before, verbs)
			}
			takes[act] = verbs
			return true
		})
	})
	return takes
}

// nameOf returns X for the expression fail.X, and for the plain name X, as package fail writes it. For other
// expressions it returns "".
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if from, ok := e.X.(*ast.Ident); ok && from.Name == "fail" {
			return e.Sel.Name
		}
	}
	return ""
}

// each parses all Go files below the folder except tests, and calls look for each file.
func each(t *testing.T, root string, look func(*token.FileSet, *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err == nil {
			look(files, f)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
