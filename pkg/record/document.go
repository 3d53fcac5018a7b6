package record

import "slices"

// Section is a titled part of what a Show command prints: one object (a single row, shown as name and value lines)
// or a small table.
type Section struct {
	// Name is the title, and the JSON member: "disk", "nodes".
	Name    string
	Columns []Column
	Rows    []Row
	// One means that Rows holds exactly one row, and that JSON shows an object and not an array.
	One bool
	// Blocks means that the rows hold long texts that must be read, or copied, whole. The formats table and markdown show
	// the first two cells of each row as its heading. Below the heading, each other cell has a line of its own; a list has
	// one line for each element.
	Blocks bool
	// Optional means that people do not see the section if it is empty; programs get it as an empty array.
	Optional bool
}

// Document is what a Show command prints, in order. A first section without a name holds the document's own members.
type Document []Section

// Fields makes a section with one row out of names, kinds and values.
func Fields(name string, fields ...Field) Section {
	s := Section{Name: name, One: true, Rows: []Row{make(Row, len(fields))}}
	for i, f := range fields {
		s.Columns = append(s.Columns, f.Column)
		s.Rows[0][i] = f.Value
	}
	return s
}

// Field is one name and its value.
type Field struct {
	Column
	Value Value
}

// Object makes a section with one row out of an object of the API.
func Object(name string, columns []Column, object Value) Section {
	row, err := NewPicker(columns).Pick(object)
	if err != nil {
		row = make(Row, len(columns))
	}
	return Section{Name: name, One: true, Columns: columns, Rows: []Row{row}}
}

// Fact returns the value of the column with that name, from the first section that has the column and in which One is
// set. If there is no such section, it returns an absent value.
func (d Document) Fact(name string) Value {
	for _, s := range d {
		if i := IndexOf(s.Columns, name); i >= 0 && s.One && len(s.Rows) == 1 {
			return s.Rows[0][i]
		}
	}
	return nil
}

// ForPeople returns the document without its empty Optional sections.
func (d Document) ForPeople() Document {
	return slices.DeleteFunc(slices.Clone(d), func(s Section) bool { return s.Optional && !s.One && len(s.Rows) == 0 })
}
