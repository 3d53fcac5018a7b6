package definitions

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Format is the format in which a document is written.
type Format string

const (
	JSON Format = "json"
	YAML Format = "yaml"
)

// Write writes the document so that equal documents are equal byte for byte: first the members without objects, then
// the objects by kind, virtual host and name, as they are sorted in d. Each object has its key first, and then its
// other members, sorted. YAML cannot hold text that is not UTF-8: then the error is ErrNotUTF8.
func (d *Document) Write(w io.Writer, format Format) error {
	out := &writer{to: bufio.NewWriterSize(w, 64<<10), yaml: format == YAML}
	out.document(d)
	if err := out.to.Flush(); out.err == nil {
		out.err = err
	}
	return out.err
}

// ErrNotUTF8 is the error for a text that YAML cannot hold.
var ErrNotUTF8 = errors.New("a text in it is not UTF-8, and YAML can hold only UTF-8")

// writer writes a document. It writes nothing after the first error.
type writer struct {
	to   *bufio.Writer
	yaml bool
	err  error
}

func (w *writer) write(texts ...string) {
	for _, text := range texts {
		if w.err == nil && w.yaml && !utf8.ValidString(text) {
			w.err = ErrNotUTF8
		}
		if w.err == nil {
			_, w.err = w.to.WriteString(text)
		}
	}
}

// document writes members in a fixed order: first the members without objects, and then the lists of objects. The last
// of the members without objects are those that no known release writes.
func (w *writer) document(d *Document) {
	head := slices.Clone(d.Head)
	if d.about != nil {
		var names []string
		for _, k := range d.about {
			names = append(names, k.String())
		}
		head = append(head, Head{Name: kindsMember, Value: record.Of(names)})
	}
	rank := func(name string) int {
		if i := slices.Index(heads(), name); i >= 0 {
			return i
		}
		return len(heads())
	}
	slices.SortStableFunc(head, func(a, b Head) int {
		return cmp.Or(rank(a.Name)-rank(b.Name), strings.Compare(a.Name, b.Name))
	})
	first := true
	begin := func(name string) {
		switch {
		case w.yaml:
			w.write(plain(name), ":")
		case first:
			w.write("{\n  ", string(quoted(name)), ":")
		default:
			w.write(",\n  ", string(quoted(name)), ":")
		}
		first = false
	}
	for _, h := range head {
		begin(h.Name)
		w.value(h.Value, 1)
		w.lineEnd()
	}
	for _, name := range memberNames() {
		if slices.Contains(d.Members, name) {
			begin(name)
			w.objects(d, name)
			w.lineEnd()
		}
	}
	switch {
	case first:
		w.write("{}\n")
	case !w.yaml:
		w.write("\n}\n")
	}
}

// lineEnd ends a member of the document in YAML. In JSON, the beginning of the next member does that.
func (w *writer) lineEnd() {
	if w.yaml {
		w.write("\n")
	}
}

func (w *writer) objects(d *Document, name string) {
	n := 0
	for _, o := range d.Objects {
		if o.Kind.Member() != name {
			continue
		}
		switch {
		case w.yaml:
			w.write("\n  - ")
		case n == 0:
			w.write(" [\n    ")
		default:
			w.write(",\n    ")
		}
		w.members(o.ordered(!d.Single), 2)
		n++
	}
	switch {
	case n == 0:
		w.write(" []")
	case !w.yaml:
		w.write("\n  ]")
	}
}

// ordered returns the members of the object: first those of its key, then the others by name. If vhost is true, the
// virtual host of the object, if it has one, is among the first.
func (o Object) ordered(vhost bool) []member {
	all := plainMembers(o.Value)
	rank := func(name string) int {
		return slices.Index([]string{"arguments", "routing_key", "destination", "destination_type", "source", "exchange",
			"user", "vhost", "component", "name"}, name)
	}
	if vhost && o.Kind.Scoped() {
		all = append(all, member{"vhost", quoted(o.VHost)})
	}
	late := func(m member) bool { return !o.isKey(m.name) && m.name != "vhost" }
	slices.SortFunc(all, func(a, b member) int {
		switch {
		case late(a) != late(b) && late(a):
			return 1
		case late(a) != late(b):
			return -1
		case late(a):
			return strings.Compare(a.name, b.name)
		}
		return rank(b.name) - rank(a.name)
	})
	return all
}

func (o Object) isKey(name string) bool {
	return name == "component" || slices.ContainsFunc(o.Kind.Members(), func(m Member) bool {
		return m.Key && m.Name == name
	})
}

// value writes the value that follows a name.
func (w *writer) value(v record.Value, depth int) {
	switch {
	case len(v) > 2 && v[0] == '{':
		all := plainMembers(v)
		if w.yaml {
			w.indent(depth)
		} else {
			w.write(" ")
		}
		w.members(all, depth)
	case len(v) > 2 && v[0] == '[':
		w.list(v, depth)
	case len(v) > 0 && v[0] == '"' && w.yaml:
		w.write(" ", plain(v.Text()))
	default:
		w.write(" ", string(v))
	}
}

// members writes an object. In YAML, the output is already at the place where the first member goes.
func (w *writer) members(all []member, depth int) {
	if len(all) == 0 {
		w.write("{}")
		return
	}
	for i, m := range all {
		switch {
		case w.yaml && i > 0:
			w.indent(depth)
		case !w.yaml && i == 0:
			w.write("{")
			w.indent(depth + 1)
		case !w.yaml:
			w.write(",")
			w.indent(depth + 1)
		}
		if w.yaml {
			w.write(plain(m.name), ":")
		} else {
			w.write(string(quoted(m.name)), ":")
		}
		w.value(m.value, depth+1)
	}
	if !w.yaml {
		w.indent(depth)
		w.write("}")
	}
}

// list writes a list that is not empty. In YAML it writes the list as JSON on one line, which is YAML too. In JSON each
// element begins a line, and a list that is an element stays on one line.
func (w *writer) list(v record.Value, depth int) {
	if w.yaml {
		w.write(" ", string(v))
		return
	}
	w.write(" [")
	first := true
	v.Each(func(e record.Value) {
		if !first {
			w.write(",")
		}
		first = false
		w.indent(depth + 1)
		if all := plainMembers(e); len(all) > 0 {
			w.members(all, depth+1)
			return
		}
		w.write(string(e))
	})
	w.indent(depth)
	w.write("]")
}

func (w *writer) indent(depth int) { w.write("\n", strings.Repeat("  ", depth)) }

// plain returns a text as YAML, in quotes wherever a program could read it as something else.
func plain(text string) string {
	other := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_.-/", r)
	}
	begins := text != "" && (text[0] >= 'a' && text[0] <= 'z' || text[0] >= 'A' && text[0] <= 'Z')
	switch strings.ToLower(text) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		begins = false
	}
	if begins && !strings.ContainsFunc(text, other) {
		return text
	}
	return string(quoted(text))
}
