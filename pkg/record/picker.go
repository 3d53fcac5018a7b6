package record

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Picker picks the values of some columns out of JSON objects in one pass over their text. It is not safe for
// concurrent use.
type Picker struct {
	root  *branch
	cells int
	// constant[i] is the value of column i in every row; nil means that the value is read.
	constant []Value
	// fallback[i] is the index of the hidden cell that fills column i if its own cell is absent or null; -1 means that
	// there is no such cell.
	fallback []int
	// lists[i] means that column i has kind List, so a single word from the fallback becomes a list of one.
	lists []bool
	// unset[i] is the JSON text that makes column i absent; "" means that there is no such text.
	unset []string
}

// branch is one level of the tree of wanted paths.
type branch struct {
	// cells are the indexes of the cells that receive the value at this level.
	cells []int
	// below are the branches for the wanted members of the value at this level, by the next step of the path.
	below map[string]*branch
	// rest are the branches for the wanted members, by the whole remainder of the path. They are for member names that
	// contain dots.
	rest map[string]*branch
}

// NewPicker makes a picker for the columns.
func NewPicker(columns []Column) *Picker {
	p := &Picker{root: &branch{}, cells: len(columns), constant: make([]Value, len(columns)),
		fallback: make([]int, len(columns)), lists: make([]bool, len(columns)), unset: make([]string, len(columns))}
	for i, c := range columns {
		p.fallback[i], p.lists[i] = -1, c.Kind == List
		if p.constant[i] = c.Const; c.Const != nil || c.Missing != "" {
			continue
		}
		if c.Unset != "" {
			p.unset[i] = string(Of(c.Unset))
		}
		p.root.add(c.Path(), i)
		if c.Else != "" {
			p.fallback[i] = p.cells
			p.root.add(c.Else, p.cells)
			p.cells++
		}
	}
	return p
}

func (b *branch) add(path string, cell int) {
	head, tail, dotted := strings.Cut(path, ".")
	if b.below == nil {
		b.below = map[string]*branch{}
	}
	if b.below[head] == nil {
		b.below[head] = &branch{}
	}
	if !dotted {
		b.below[head].cells = append(b.below[head].cells, cell)
		return
	}
	b.below[head].add(tail, cell)
	if b.rest == nil {
		b.rest = map[string]*branch{}
	}
	if b.rest[path] == nil {
		b.rest[path] = &branch{}
	}
	b.rest[path].cells = append(b.rest[path].cells, cell)
}

// Pick reads one object. It returns an error for text that is not JSON. If a value has another shape than expected, its
// cells stay absent.
func (p *Picker) Pick(object []byte) (Row, error) { return p.read(decoder(bytes.NewReader(object))) }

func (p *Picker) read(d *jsontext.Decoder) (Row, error) {
	row := make(Row, p.cells)
	if err := p.root.read(d, row); err != nil {
		return nil, err
	}
	for i, f := range p.fallback {
		if p.unset[i] != "" && string(row[i]) == p.unset[i] {
			row[i] = nil
		}
		if f >= 0 && !row[i].Known() && row[f].Known() {
			row[i] = row[f]
			if p.lists[i] && row[i][0] == '"' {
				row[i] = slices.Concat(Value("["), row[i], Value("]"))
			}
		}
		if p.constant[i] != nil {
			row[i] = p.constant[i]
		}
	}
	return row[:len(p.fallback)], nil
}

// read reads the next value of d, and puts the wanted parts of it into row.
func (b *branch) read(d *jsontext.Decoder, row Row) error {
	if len(b.cells) > 0 {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		v := append(Value(nil), raw...)
		for _, c := range b.cells {
			row[c] = v
		}
		if b.below == nil || v[0] != '{' {
			return nil
		}
		// Both the value and a part of it are wanted, which is rare: read the part from the copy of the value.
		return b.readMembers(decoder(bytes.NewReader(v)), row)
	}
	if d.PeekKind() != '{' {
		return d.SkipValue()
	}
	return b.readMembers(d, row)
}

func (b *branch) readMembers(d *jsontext.Decoder, row Row) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadValue()
		if err != nil {
			return err
		}
		next := b.member(name)
		if next == nil {
			err = d.SkipValue()
		} else {
			err = next.read(d, row)
		}
		if err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// member returns the branch for a quoted member name, or nil if the member is not wanted.
func (b *branch) member(quoted jsontext.Value) *branch {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') >= 0 {
		inner = []byte(Value(quoted).unquoted())
	}
	if next := b.below[string(inner)]; next != nil {
		return next
	}
	return b.rest[string(inner)]
}

// decoder returns a decoder for what brokers send: before 4.3 they repeat member names, and a name need not be UTF-8.
func decoder(r io.Reader) *jsontext.Decoder {
	return jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}
