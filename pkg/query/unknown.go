package query

import (
	"math"
	"regexp"
	"strconv"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/vm/runtime"
)

// keepUnknown rewrites the tree for three-valued logic, with nil for unknown. An operation on an unknown value gives
// unknown, with these exceptions: false && unknown is false, true || unknown is true, and ??, == nil and != nil work on
// unknown values. An operation that is not possible on the values of a row, such as 1 < "a", gives unknown too.
//
// Operators and functions become calls of functions that keepUnknown adds to c. The control flow stays expr's own.
func keepUnknown(root *ast.Node, c *conf.Config) {
	r := &rewriter{config: c}
	ast.Walk(root, r)
}

type rewriter struct {
	config    *conf.Config
	variables int
}

// Visit is called for children before their parents.
func (r *rewriter) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			r.call(node, "$not", not, n.Node)
			return
		}
		r.call(node, "$unary"+n.Operator, strict(func(v []any) any {
			if n.Operator == "-" {
				return runtime.Negate(v[0])
			}
			return v[0]
		}), n.Node)
	case *ast.BinaryNode:
		r.binary(node, n)
	case *ast.ChainNode:
		*node = n.Node
	case *ast.MemberNode:
		r.call(node, "$member", strict(member), n.Node, n.Property)
	case *ast.SliceNode:
		// A missing bound means the start or the end of the list. An unknown bound must not mean the same.
		from, to := n.From, n.To
		if from == nil {
			from = &ast.IntegerNode{}
		}
		if to == nil {
			to = &ast.IntegerNode{Value: math.MaxInt32}
		}
		r.call(node, "$slice", strict(func(v []any) any { return runtime.Slice(v[0], v[1], v[2]) }), n.Node, from, to)
	case *ast.BuiltinNode:
		r.function(node, n)
	case *ast.ConditionalNode:
		r.let(node, n.Cond, func(cond func() ast.Node) ast.Node {
			return &ast.ConditionalNode{Cond: r.truth("$isTrue", cond()), Exp1: n.Exp1, Exp2: &ast.ConditionalNode{
				Cond: r.truth("$isFalse", cond()), Exp1: n.Exp2, Exp2: &ast.NilNode{},
			}}
		})
	}
}

func (r *rewriter) binary(node *ast.Node, n *ast.BinaryNode) {
	_, leftNil := n.Left.(*ast.NilNode)
	_, rightNil := n.Right.(*ast.NilNode)
	switch n.Operator {
	case "??", "..":
	case "&&", "and":
		r.let(node, n.Left, func(left func() ast.Node) ast.Node {
			return &ast.ConditionalNode{Cond: r.truth("$isFalse", left()), Exp1: &ast.BoolNode{}, Exp2: r.invoke("$and", and,
				left(), n.Right)}
		})
	case "||", "or":
		r.let(node, n.Left, func(left func() ast.Node) ast.Node {
			return &ast.ConditionalNode{Cond: r.truth("$isTrue", left()), Exp1: &ast.BoolNode{Value: true},
				Exp2: r.invoke("$or", or, left(), n.Right)}
		})
	case "==", "!=":
		if !leftNil && !rightNil {
			r.call(node, "$"+n.Operator, strict(operator(n.Operator)), n.Left, n.Right)
		}
	case "matches":
		if literal, ok := n.Right.(*ast.StringNode); ok {
			if re, err := regexp.Compile(literal.Value); err == nil {
				r.variables++
				r.call(node, "$matches"+strconv.Itoa(r.variables), strict(func(v []any) any {
					return re.MatchString(v[0].(string))
				}), n.Left)
				return
			}
		}
		fallthrough
	default:
		r.call(node, "$"+n.Operator, strict(operator(n.Operator)), n.Left, n.Right)
	}
}

// function rewrites a call of one of expr's built-in functions. In a function with a condition on elements, such as
// filter, an unknown condition counts as false.
func (r *rewriter) function(node *ast.Node, n *ast.BuiltinNode) {
	f := builtin.Builtins[builtin.Index[n.Name]]
	if f.Predicate {
		switch n.Name {
		case "all", "none", "any", "one", "filter", "find", "findIndex", "findLast", "findLastIndex", "count":
			if len(n.Arguments) > 1 {
				if p, ok := n.Arguments[1].(*ast.PredicateNode); ok {
					p.Node = r.truth("$isTrue", p.Node)
				}
			}
		}
		r.let(node, n.Arguments[0], func(list func() ast.Node) ast.Node {
			n.Arguments[0] = list()
			return &ast.ConditionalNode{Cond: r.truth("$isNil", list()), Exp1: &ast.NilNode{}, Exp2: n}
		})
		return
	}
	if n.Name == "type" {
		return
	}
	r.call(node, "$"+n.Name, strict(func(args []any) any {
		switch {
		case f.Fast != nil:
			return f.Fast(args[0])
		case f.Safe != nil:
			v, _, err := f.Safe(args...)
			return valueOrNil(v, err)
		}
		v, err := f.Func(args...)
		return valueOrNil(v, err)
	}), n.Arguments...)
}

func (r *rewriter) call(node *ast.Node, name string, f func(...any) (any, error), args ...ast.Node) {
	ast.Patch(node, r.invoke(name, f, args...))
}

// invoke returns a node that calls f, and adds f to the program's functions under that name.
func (r *rewriter) invoke(name string, f func(...any) (any, error), args ...ast.Node) ast.Node {
	if r.config.Functions[name] == nil {
		r.config.Functions[name] = &builtin.Function{Name: name, Func: f}
	}
	return &ast.CallNode{Callee: &ast.IdentifierNode{Value: name}, Arguments: args}
}

// truth returns a node that tests whether a value is true, false or nil. The result of the test is never unknown.
func (r *rewriter) truth(name string, v ast.Node) ast.Node {
	return r.invoke(name, func(args ...any) (any, error) {
		switch name {
		case "$isTrue":
			return args[0] == true, nil
		case "$isFalse":
			return args[0] == false, nil
		}
		return args[0] == nil, nil
	}, v)
}

// let replaces the node with an expression that computes value once. The function in makes this expression: each call
// of use returns a node for the computed value.
func (r *rewriter) let(node *ast.Node, value ast.Node, in func(use func() ast.Node) ast.Node) {
	r.variables++
	name := "$" + strconv.Itoa(r.variables)
	ast.Patch(node, &ast.VariableDeclaratorNode{Name: name, Value: value, Expr: in(func() ast.Node {
		return &ast.IdentifierNode{Value: name}
	})})
}
