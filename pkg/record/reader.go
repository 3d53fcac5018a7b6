package record

import (
	"iter"
	"slices"
)

// Named are columns by their names alone.
func Named(names ...string) []Column {
	columns := make([]Column, len(names))
	for i, n := range names {
		columns[i] = Column{Name: n}
	}
	return columns
}

// Binder collects which member of an object goes where. Names are dotted paths, as in Column.From.
type Binder struct {
	columns []Column
	set     []func(Value)
}

// Column hands the value of a column to set.
func (b *Binder) Column(c Column, set func(Value)) {
	b.columns, b.set = append(b.columns, c), append(b.set, set)
}

// Value hands the value of a member to set.
func (b *Binder) Value(name string, set func(Value)) { b.Column(Column{Name: name}, set) }

// Text reads a member as Value.Text does: "" where there is none.
func (b *Binder) Text(name string, into *string) {
	b.Value(name, func(v Value) { *into = v.Text() })
}

// Flag reads a truth: false where there is none.
func (b *Binder) Flag(name string, into *bool) {
	b.Value(name, func(v Value) { *into, _ = v.Bool() })
}

// Int reads a whole number: 0 where there is none. Use Value if an absent figure must not count as 0.
func (b *Binder) Int(name string, into *int64) {
	b.Value(name, func(v Value) { *into, _ = v.Int() })
}

// Texts reads a list of words: nil where there is none.
func (b *Binder) Texts(name string, into *[]string) {
	b.Value(name, func(v Value) { *into = v.Texts() })
}

// Map reads an object: nil where there is none.
func (b *Binder) Map(name string, into *map[string]any) {
	b.Value(name, func(v Value) { *into = v.Map() })
}

// Reader makes a T of each row. It is not safe for concurrent use.
type Reader[T any] struct {
	into   *T
	binder Binder
}

// NewReader makes a reader of the members that bind names. bind is called once, with a T that each row fills again, so
// bind may keep pointers into that T.
func NewReader[T any](bind func(b *Binder, into *T)) *Reader[T] {
	r := &Reader[T]{into: new(T)}
	bind(&r.binder, r.into)
	return r
}

// All makes a T of each row of these columns, as it arrives.
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

// Columns are what the rows must hold, in this order.
func (r *Reader[T]) Columns() []Column { return r.binder.columns }

// Read is the T of a row of these columns.
func (r *Reader[T]) Read(row Row) T {
	*r.into = *new(T)
	for i, set := range r.binder.set {
		set(row[i])
	}
	return *r.into
}

// EachText is the text of each row of one column, as it arrives.
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

// Texts are the texts of rows of one column. If the listing breaks off, the texts before the error come with it.
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

// IndexOf is where the column of that name stands, -1 if there is none.
func IndexOf(columns []Column, name string) int {
	return slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
}

// Filled is a row of the columns with the values of these names. The others are absent.
func Filled(columns []Column, values map[string]Value) Row {
	row := make(Row, len(columns))
	for i, c := range columns {
		row[i] = values[c.Name]
	}
	return row
}
