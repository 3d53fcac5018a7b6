package query

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/timespan"
)

// unitLiterals replaces a quoted literal by a number if it is compared with a column of bytes, a duration or a time:
// memory > "50MB", idle > "10m", connected_at < "2026-01-31".
func unitLiterals(root *ast.Node, columns map[string]record.Column) error {
	var failedErr error
	walk(root, func(node *ast.Node) {
		n, ok := (*node).(*ast.BinaryNode)
		if !ok || !strings.Contains(" == != < <= > >= ", " "+n.Operator+" ") {
			return
		}
		for _, side := range [][2]*ast.Node{{&n.Left, &n.Right}, {&n.Right, &n.Left}} {
			column, isName := (*side[0]).(*ast.IdentifierNode)
			literal, isText := (*side[1]).(*ast.StringNode)
			if !isName || !isText {
				continue
			}
			f, expected := measure(literal.Value, columns[column.Value].Kind)
			switch {
			case expected == "":
			case math.IsNaN(f):
				if failedErr == nil {
					failedErr = &file.Error{Location: literal.Location(), Message: strconv.Quote(literal.Value) + " is not a " +
						expected}
				}
			default:
				number := ast.Node(&ast.FloatNode{Value: f})
				number.SetLocation(literal.Location())
				*side[1] = number
			}
		}
	})
	return failedErr
}

// measure converts s to the unit of a column of that kind. If it cannot, value is NaN and expected says what s should
// be. expected is empty for a kind whose numbers have no units.
func measure(s string, kind record.Kind) (value float64, expected string) {
	s = strings.TrimSpace(s)
	switch kind {
	case record.Bytes, record.ByteRate:
		expected = "size, such as 50MB (of 1000) or 50MiB (of 1024)"
		if n, err := humanize.ParseBytes(s); err == nil {
			return float64(n), expected
		}
	case record.Seconds, record.Millis:
		expected = "duration, such as 90s, 10m or 2d12h"
		if d, err := timespan.Parse(s); err == nil {
			if kind == record.Millis {
				return float64(d) / float64(time.Millisecond), expected
			}
			return d.Seconds(), expected
		}
	case record.Timestamp:
		expected = "time, such as 2026-01-31, 2026-01-31 09:30 or 2026-01-31T09:30:00Z"
		for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02 15:04", time.DateTime} {
			if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
				return float64(t.UnixMilli()), expected
			}
		}
	}
	return math.NaN(), expected
}
