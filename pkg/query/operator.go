package query

import (
	"math"
	"reflect"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/vm/runtime"
)

// strict wraps f so that the result is unknown if an argument is unknown, or if f cannot work on these values.
func strict(f func([]any) any) func(...any) (any, error) {
	return func(args ...any) (any, error) {
		for _, a := range args {
			if a == nil {
				return nil, nil
			}
		}
		return guarded(f, args), nil
	}
}

func guarded(f func([]any) any, args []any) (result any) {
	defer func() {
		// expr's runtime panics when an operator does not fit its operands.
		if recover() != nil {
			result = nil
		}
	}()
	result = f(args)
	if x, ok := result.(float64); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
		return nil
	}
	return result
}

func valueOrNil(v any, err error) any {
	if err != nil {
		return nil
	}
	return v
}

func not(args ...any) (any, error) {
	if b, ok := args[0].(bool); ok {
		return !b, nil
	}
	return nil, nil
}

func and(args ...any) (any, error) {
	switch {
	case args[0] == false || args[1] == false:
		return false, nil
	case args[0] == true && args[1] == true:
		return true, nil
	}
	return nil, nil
}

func or(args ...any) (any, error) {
	switch {
	case args[0] == true || args[1] == true:
		return true, nil
	case args[0] == false && args[1] == false:
		return false, nil
	}
	return nil, nil
}

// operator returns the function of a binary operator. The caller passes only known operands.
func operator(symbol string) func([]any) any {
	switch symbol {
	case "==":
		return func(v []any) any { return equal(v[0], v[1]) }
	case "!=":
		return func(v []any) any { return !equal(v[0], v[1]) }
	case "<":
		return order(func(c int) bool { return c < 0 }, runtime.Less)
	case "<=":
		return order(func(c int) bool { return c <= 0 }, runtime.LessOrEqual)
	case ">":
		return order(func(c int) bool { return c > 0 }, runtime.More)
	case ">=":
		return order(func(c int) bool { return c >= 0 }, runtime.MoreOrEqual)
	case "+":
		return func(v []any) any { return runtime.Add(v[0], v[1]) }
	case "-":
		return func(v []any) any { return runtime.Subtract(v[0], v[1]) }
	case "*":
		return func(v []any) any { return runtime.Multiply(v[0], v[1]) }
	case "/":
		return func(v []any) any { return runtime.Divide(v[0], v[1]) }
	case "%":
		return func(v []any) any { return runtime.Modulo(v[0], v[1]) }
	case "**", "^":
		return func(v []any) any { return runtime.Exponent(v[0], v[1]) }
	case "in":
		return func(v []any) any { return in(v[0], v[1]) }
	case "contains":
		return func(v []any) any { return strings.Contains(v[0].(string), v[1].(string)) }
	case "startsWith":
		return func(v []any) any { return strings.HasPrefix(v[0].(string), v[1].(string)) }
	case "endsWith":
		return func(v []any) any { return strings.HasSuffix(v[0].(string), v[1].(string)) }
	case "matches":
		return func(v []any) any { return regexp.MustCompile(v[1].(string)).MatchString(v[0].(string)) }
	}
	return func([]any) any { return nil }
}

// order returns a function that compares two values. For two numbers or two strings, the function holds decides: its
// argument is negative, 0 or positive if the first value is less, equal or greater. Values of other types go to the
// function other, which is expr's own comparison.
func order(holds func(int) bool, other func(a, b any) bool) func([]any) any {
	return func(v []any) any {
		switch a := v[0].(type) {
		case int:
			switch b := v[1].(type) {
			case int:
				return holds(compare(a, b))
			case float64:
				return holds(compare(float64(a), b))
			}
		case float64:
			switch b := v[1].(type) {
			case int:
				return holds(compare(a, float64(b)))
			case float64:
				return holds(compare(a, b))
			}
		case string:
			if b, ok := v[1].(string); ok {
				return holds(strings.Compare(a, b))
			}
		}
		return other(v[0], v[1])
	}
}

func compare[T int | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func equal(a, b any) bool {
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return ok && a == b
	case int:
		if b, ok := b.(int); ok {
			return a == b
		}
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	}
	return runtime.Equal(a, b)
}

func in(needle, list any) bool {
	if l, ok := list.([]any); ok {
		for _, e := range l {
			if equal(needle, e) {
				return true
			}
		}
		return false
	}
	return runtime.In(needle, list)
}

// member returns an element of a list or of a map. A missing element is unknown.
func member(v []any) any {
	switch base := v[0].(type) {
	case map[string]any:
		return base[v[1].(string)]
	case []any:
		i := runtime.ToInt(v[1])
		if i < 0 {
			i += len(base)
		}
		if i < 0 || i >= len(base) {
			return nil
		}
		return base[i]
	}
	found := runtime.Fetch(v[0], v[1])
	if found != nil && reflect.ValueOf(found).Kind() == reflect.Func {
		return nil
	}
	return found
}
