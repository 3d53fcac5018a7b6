package query

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// filter is a compiled --where. A nil filter passes every row.
//
// The language is expr's. Its parser and type checker read the filter, with the table's columns as the only names.
// Then keepUnknown rewrites the tree so that an unknown value stays unknown through every operation, and expr's
// virtual machine runs it.
type filter struct {
	program *vm.Program
	reads   []cell
}

// cell is a column that the filter reads.
type cell struct {
	name  string
	place int
	read  func(record.Value) any
}

// compileFilter checks and compiles the filter. It adds the columns that the filter reads to p.
func compileFilter(source string, p *picker) (*filter, error) {
	if strings.TrimSpace(source) == "" {
		return nil, nil
	}
	language := conf.New(nil)
	// repeat can make a text up to a million times as long, and no filter needs it.
	language.Disabled["repeat"] = true
	tree, err := parser.ParseWithConfig(source, language)
	if err != nil {
		return nil, whereError(source, err)
	}
	used, err := resolve(&tree.Node, p.table)
	if err != nil {
		return nil, whereError(source, err)
	}
	if err := unitLiterals(&tree.Node, used); err != nil {
		return nil, whereError(source, err)
	}
	env := types.Map{}
	for name, c := range used {
		env[name] = typeOf(c, p.table)
	}
	result, err := checker.Check(tree, conf.New(env))
	if err != nil {
		return nil, whereError(source, err)
	}
	if _, isNil := tree.Node.(*ast.NilNode); isNil {
		return nil, whereError(source, &file.Error{Message: "the filter is nil, so no row passes"})
	}
	if k := result.Kind(); k != reflect.Bool && k != reflect.Interface {
		return nil, whereError(source, &file.Error{Message: "the filter is a " + typeName(result.String()) +
			", not true or false; compare it with something"})
	}

	// From here on the value of any name can be nil, so the types of the columns no longer hold.
	untyped := conf.New(map[string]any{})
	untyped.Strict = false
	untyped.Optimize = false
	keepUnknown(&tree.Node, untyped)
	if _, err := checker.Check(tree, untyped); err != nil {
		return nil, whereError(source, err)
	}
	program, err := compiler.Compile(tree, untyped)
	if err != nil {
		return nil, whereError(source, err)
	}
	f := &filter{program: program}
	names := make([]string, 0, len(used))
	for name := range used {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		c := used[name]
		f.reads = append(f.reads, cell{name, p.place(c), reader(c, p.table)})
	}
	return f, nil
}

// run returns the filter for one run over rows. If known is false, the broker did not send the values that decide about
// the row, or sent values with which an operation failed.
func (f *filter) run() func(record.Row) (pass, known bool) {
	if f == nil {
		return func(record.Row) (bool, bool) { return true, true }
	}
	env := make(map[string]any, len(f.reads))
	machine := &vm.VM{}
	return func(row record.Row) (bool, bool) {
		for _, c := range f.reads {
			env[c.name] = c.read(at(row, c.place))
		}
		// If an operation fails on an unexpected value, it is unknown whether the row passes.
		out, err := machine.Run(f.program, env)
		pass, isBool := out.(bool)
		return err == nil && isBool && pass, err == nil && isBool
	}
}

// resolve replaces every column in the tree, written as name, a.b or a["b"], by a single identifier, and returns the
// columns by name. It refuses an unknown function, and a name that is neither a column nor declared in the filter.
func resolve(root *ast.Node, table record.Table) (map[string]record.Column, error) {
	declared := map[string]bool{}
	functions := map[ast.Node]bool{}
	var failedErr error
	fault := func(n ast.Node, message string) {
		if failedErr == nil {
			failedErr = &file.Error{Location: n.Location(), Message: message}
		}
	}
	walk(root, func(node *ast.Node) {
		switch n := (*node).(type) {
		case *ast.VariableDeclaratorNode:
			declared[n.Name] = true
			if _, ok := table.Find(n.Name); ok {
				fault(n, "let "+n.Name+" uses the name of a column")
			}
		case *ast.CallNode:
			functions[n.Callee] = true
			if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
				fault(n, `no function "`+callee.Value+`"`+fail.DidYouMean(callee.Value, builtin.Names))
			} else {
				fault(n, "a column has no functions")
			}
		case *ast.MemberNode:
			if path, base := dotted(n); base != nil && !declared[base.Value] {
				if _, ok := table.Find(path); ok {
					merged := &ast.IdentifierNode{Value: path}
					merged.SetLocation(base.Location())
					*node = merged
				}
			}
		}
	})
	if failedErr != nil {
		return nil, failedErr
	}
	used := map[string]record.Column{}
	walk(root, func(node *ast.Node) {
		n, ok := (*node).(*ast.IdentifierNode)
		if !ok || declared[n.Value] || functions[n] {
			return
		}
		c, ok := table.Find(n.Value)
		switch {
		case !ok && slices.Contains(table.Open, n.Value):
			fault(n, `name a member of "`+n.Value+`", as in `+n.Value+`["key"]`)
		case !ok:
			fault(n, table.Noun+` have no column "`+n.Value+`"`+fail.DidYouMean(n.Value, append(table.Names(), table.Open...)))
		case c.Missing != "":
			fault(n, `column "`+n.Value+`" is always empty here: `+c.Missing)
		default:
			used[n.Value] = c
		}
	})
	return used, failedErr
}

// dotted returns the path that a chain of members spells, and the identifier at its start. The identifier is nil if the
// chain starts with something else, or if one of its members is computed.
func dotted(n *ast.MemberNode) (string, *ast.IdentifierNode) {
	key, ok := n.Property.(*ast.StringNode)
	if !ok {
		return "", nil
	}
	inner := n.Node
	if chain, ok := inner.(*ast.ChainNode); ok {
		inner = chain.Node
	}
	switch base := inner.(type) {
	case *ast.IdentifierNode:
		return base.Value + "." + key.Value, base
	case *ast.MemberNode:
		path, first := dotted(base)
		return path + "." + key.Value, first
	}
	return "", nil
}

// visitor is a function that is called for each node of a tree, children before parents.
type visitor func(*ast.Node)

func (v visitor) Visit(node *ast.Node) { v(node) }

func walk(root *ast.Node, f func(*ast.Node)) { ast.Walk(root, visitor(f)) }

// typeOf returns the column's type for expr's checker.
func typeOf(c record.Column, table record.Table) types.Type {
	switch {
	case isOpenMember(c, table):
		return types.Any
	case c.Kind == record.Rate || c.Kind == record.ByteRate || c.Kind == record.Ratio:
		return types.Float64
	case c.Kind.Number():
		return types.Int
	case c.Kind == record.Flag:
		return types.Bool
	case c.Kind == record.List:
		return types.TypeOf([]any{})
	case c.Kind == record.Map:
		return types.TypeOf(map[string]any{})
	}
	return types.String
}

// whereError turns an error of expr into a usage error of one line. expr draws the position of the error below the
// source, on further lines.
func whereError(source string, err error) error {
	var e *file.Error
	if !errors.As(err, &e) {
		line, _, _ := strings.Cut(err.Error(), "\n")
		return fail.Usagef("--where: %s", line)
	}
	mismatch := regexp.MustCompile(`\(mismatched types? [^)]*\)`)
	message := mismatch.ReplaceAllStringFunc(e.Message, func(s string) string {
		words := strings.Fields(s)
		for i, w := range words {
			words[i] = strings.Replace(w, strings.Trim(w, "(),"), typeName(strings.Trim(w, "(),")), 1)
		}
		return strings.Join(words, " ")
	})
	message, hint := inWords(source, message)
	u := fail.Usagef("--where: %s (character %d of %q)", prose.OneLine(message), e.From+1, source)
	dashed := regexp.MustCompile(`\.[A-Za-z]+-[A-Za-z]`)
	switch {
	case dashed.MatchString(source) && strings.Contains(message, "no column"):
		return u.Next(`put a member name with a dash in brackets, as in arguments["x-max-length"]`)
	case hint != "":
		return u.Next("%s", hint)
	}
	return u.Next("rabbitctl help where explains filters")
}

// inWords rewrites a message of expr's parser about a token. hint is the next step for people who wrote SQL or shell
// syntax.
func inWords(source, message string) (words, hint string) {
	switch {
	case strings.Contains(message, "'~'"):
		return "unexpected ~", `write matches, as in name matches "^orders"`
	case strings.Contains(source, "<>") && strings.Contains(message, "unexpected token"):
		return "unexpected <>", "write !="
	}
	token := regexp.MustCompile(`unexpected token (?:[A-Z][A-Za-z]*\("((?:[^"\\]|\\.)*)"\)|EOF)`)
	found := token.FindStringSubmatch(message)
	switch {
	case found == nil && strings.Contains(message, "no column") && !strings.Contains(message, "did you mean"):
		return message, `put text in quotes, as in name == "orders"; --help lists the columns`
	case found == nil:
		return message, ""
	case found[1] == "":
		return "the filter ends too early", ""
	}
	words = "unexpected " + strconv.Quote(found[1])
	switch strings.ToLower(found[1]) {
	case "=":
		if strings.Contains(source, "~") {
			return words, `write matches, as in name matches "^orders"`
		}
		return words, "write == to compare"
	case "like", "regexp":
		return words, `write matches, as in name matches "^orders"`
	case "and", "or", "not":
		return words, "write " + strings.ToLower(found[1]) + ", in lower case"
	case "&", "|":
		return words, "write " + found[1] + found[1]
	}
	return words, ""
}

// typeName returns the word that our messages use for a Go type.
func typeName(goType string) string {
	switch goType {
	case "int", "float64":
		return "number"
	case "string":
		return "text"
	case "bool":
		return "flag"
	case "[]interface {}", "[]any", "[]interface":
		return "list"
	case "map[string]interface {}", "map[string]any":
		return "map"
	}
	return goType
}
