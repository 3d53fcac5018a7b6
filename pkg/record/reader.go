package record

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

// NewReader makes a reader of what bind says, member by member. Bind is called once, with a T that is filled anew by
// each row, and may keep pointers into it.
func NewReader[T any](bind func(b *Binder, into *T)) *Reader[T] {
	r := &Reader[T]{into: new(T)}
	bind(&r.binder, r.into)
	return r
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
