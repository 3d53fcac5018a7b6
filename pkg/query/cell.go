package query

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// isOpenMember reports whether the kind of the column does not determine the types of its values, so that the type of
// each value decides. Such a column is a member of an open object, such as arguments, unless its name shows that it is
// a number. A column of text that shows a whole object of table.Foreign is one, too.
func isOpenMember(c record.Column, table record.Table) bool {
	if c.Kind == record.Text && slices.Contains(table.Foreign, c.Name) {
		return true
	}
	for _, known := range table.Columns {
		if known.Name == c.Name {
			return false
		}
	}
	return c.Kind == record.Text || c.Kind == record.Map
}

// reader returns the function that converts the values of a column for the filter: to int or float64 for numbers, bool,
// string, []any or map[string]any. That function returns nil for an unknown value: absent, null, or not of the column's
// kind.
func reader(c record.Column, table record.Table) func(record.Value) any {
	switch {
	case isOpenMember(c, table):
		return plain
	case c.Kind.Number():
		return number
	case c.Kind == record.Flag:
		return flag
	case c.Kind == record.List:
		return list
	case c.Kind == record.Map:
		return object
	}
	return text
}

func text(v record.Value) any {
	if !v.Known() {
		return nil
	}
	return v.Text()
}

func number(v record.Value) any {
	f, ok := v.Number()
	if !ok {
		return nil
	}
	if !bytes.ContainsAny(v, ".eE") {
		if n, err := strconv.Atoi(string(v)); err == nil {
			return n
		}
	}
	return f
}

func flag(v record.Value) any {
	// Some releases send "true" in quotes.
	b, err := strconv.ParseBool(v.Text())
	if err != nil {
		return nil
	}
	return b
}

func list(v record.Value) any {
	if l, ok := plain(v).([]any); ok {
		return l
	}
	return nil
}

func object(v record.Value) any {
	switch m := plain(v).(type) {
	case map[string]any:
		return m
	case []any:
		// Brokers send an empty table as [].
		if len(m) == 0 {
			return map[string]any{}
		}
	}
	return nil
}

// plain converts a value to the Go type that fits its JSON type.
func plain(v record.Value) any {
	if !v.Known() {
		return nil
	}
	switch v[0] {
	case '{', '[':
		return v.Native(nil)
	case 't', 'f':
		return flag(v)
	case '"':
		return v.Text()
	}
	return number(v)
}
