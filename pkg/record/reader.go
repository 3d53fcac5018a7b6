package record

import (
	"iter"
	"slices"
)

// Named makes columns that have only a name.
func Named(names ...string) []Column {
	columns := make([]Column, len(names))
	for i, n := range names {
		columns[i] = Column{Name: n}
	}
	return columns
}

// Binder collects where the values of an object's members go. Names are dotted paths, as in Column.From.
type Binder struct {
	columns []Column
	set     []func(Value)
}

// Column asks for the value of a column, which is passed to set.
func (b *Binder) Column(c Column, set func(Value)) {
	b.columns, b.set = append(b.columns, c), append(b.set, set)
}

// Value asks for the value of a member, which is passed to set.
func (b *Binder) Value(name string, set func(Value)) { b.Column(Column{Name: name}, set) }

// Text reads a member as Value.Text does: "" if it is absent.
func (b *Binder) Text(name string, into *string) {
	b.Value(name, func(v Value) { *into = v.Text() })
}

// Flag reads true or false: false if the member is absent.
func (b *Binder) Flag(name string, into *bool) {
	b.Value(name, func(v Value) { *into, _ = v.Bool() })
}

// Int reads a whole number: 0 if the member is absent. Use Value if an absent figure must not count as 0.
func (b *Binder) Int(name string, into *int64) {
	b.Value(name, func(v Value) { *into, _ = v.Int() })
}

// Texts reads a list of words: nil if the member is absent.
func (b *Binder) Texts(name string, into *[]string) {
	b.Value(name, func(v Value) { *into = v.Texts() })
}

// Map reads an object: nil if the member is absent.
func (b *Binder) Map(name string, into *map[string]any) {
	b.Value(name, func(v Value) { *into = v.Map() })
}

// Reader makes a T of each row. It is not safe for concurrent use.
type Reader[T any] struct {
	into   *T
	binder Binder
}

// NewReader makes a reader. bind names the members to read. NewReader calls bind once, with a T that is filled again
// for each row, so bind may keep pointers into that T.
func NewReader[T any](bind func(b *Binder, into *T)) *Reader[T] {
	r := &Reader[T]{into: new(T)}
	bind(&r.binder, r.into)
	return r
}

// All makes a T of each row as it arrives. The rows have the columns of r.Columns.
func (r *Reader[T]) All(rows iter.Seq2[Row, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			var one T
			if err == nil {
				one = r.Read(row)
			}
			if !yield(one, err) {
				return
			}
		}
	}
}

// Columns returns the columns that the rows must have, in this order.
func (r *Reader[T]) Columns() []Column { return r.binder.columns }

// Read makes a T of a row with these columns.
func (r *Reader[T]) Read(row Row) T {
	*r.into = *new(T)
	for i, set := range r.binder.set {
		set(row[i])
	}
	return *r.into
}

// EachText yields the text of each row as it arrives. The rows have one column.
func EachText(rows iter.Seq2[Row, error]) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for row, err := range rows {
			text := ""
			if err == nil {
				text = row[0].Text()
			}
			if !yield(text, err) {
				return
			}
		}
	}
}

// Texts returns the texts of rows that have one column. If the listing breaks off, it returns the error with the texts
// before it.
func Texts(rows iter.Seq2[Row, error]) ([]string, error) {
	texts := []string{} // not nil, which would be shown as unknown
	for text, err := range EachText(rows) {
		if err != nil {
			return texts, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// IndexOf returns the index of the column with that name, or -1 if there is none.
func IndexOf(columns []Column, name string) int {
	return slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
}

// Filled makes a row of the columns out of values by column name. The other cells are absent.
func Filled(columns []Column, values map[string]Value) Row {
	row := make(Row, len(columns))
	for i, c := range columns {
		row[i] = values[c.Name]
	}
	return row
}
