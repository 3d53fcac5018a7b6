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
	// constant[i] is the value of every row's column i; nil: it is read.
	constant []Value
	// fallback[i] is the hidden cell that fills column i where its own is absent; -1: none.
	fallback []int
	// lists[i] means that column i is a list, so a single word becomes a list of one.
	lists []bool
	// unset[i] is the JSON text that means that column i is absent; "" for none.
	unset []string
}

// branch is one level of the paths that are wanted.
type branch struct {
	// cells are filled with the value that stands here.
	cells []int
	// below are the wanted members of that value, by the next step of the path.
	below map[string]*branch
	// rest are the wanted members by the whole remainder of the path, for names that hold dots themselves.
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

// Pick reads one object. Text that is not JSON is an error; a value of another shape than expected leaves its cells
// absent.
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

// read reads the next value of d, and takes from it what b wants.
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
		// Both the whole and a part of it are wanted, which is rare: read the part from the copy.
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

// member is the branch for a quoted member name, nil when it is not wanted.
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

// decoder reads what brokers send: before 4.3 they repeat member names, and a name need not be UTF-8.
func decoder(r io.Reader) *jsontext.Decoder {
	return jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}
