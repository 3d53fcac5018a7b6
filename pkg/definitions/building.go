package definitions

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// building holds a document while it is being read.
type building struct {
	doc  *Document
	from From
	// kept holds one copy of each name of a virtual host. All objects share this copy, which saves memory.
	kept map[string]string
	// heads holds the names of the members without objects that were read so far.
	heads map[string]bool
	// homeless counts the objects that belong to a virtual host but do not name it. said holds the names of virtual hosts
	// that were read so far: those that objects name as theirs, and those of the virtual hosts themselves.
	homeless int
	said     []string
}

func (b *building) fault(at Place, format string, args ...any) {
	b.doc.Faults = append(b.doc.Faults, Fault{At: at, Text: fmt.Sprintf(format, args...)})
}

// head adds a member of the document that is not a list of objects, such as rabbit_version.
func (b *building) head(name string, value record.Value, line int) {
	if tooDeep(value) {
		b.fault(Place{Line: line, Path: name}, "objects in it are nested more than %d deep", mostDeep)
		return
	}
	if b.heads[name] {
		b.fault(Place{Line: line, Path: name}, "the document has the field %q twice", name)
		return
	}
	if name == kindsMember {
		b.kinds(Canonical(value), line)
		return
	}
	if !slices.Contains(heads(), name) {
		b.doc.Faults = append(b.doc.Faults, Fault{At: Place{Line: line, Path: name}, Warning: true,
			Text: "no release is known to read the member " + name + fail.DidYouMean(name, memberNames())})
	}
	b.heads[name] = true
	b.doc.Head = append(b.doc.Head, Head{name, Canonical(value), line})
}

// kinds reads the list of kinds that the document covers.
func (b *building) kinds(value record.Value, line int) {
	b.heads[kindsMember] = true
	kinds, err := KindsNamed(value.Texts())
	if err != nil || len(kinds) == 0 {
		b.fault(Place{Line: line, Path: kindsMember}, "it is not a list of kinds of definitions, such as operator_policies")
		return
	}
	b.doc.about = kinds
}

// list begins a member that holds objects.
func (b *building) list(name string, line int) {
	if slices.Contains(b.doc.Members, name) {
		b.fault(Place{Line: line, Path: name}, "the document has the field %q twice", name)
		return
	}
	b.doc.Members = append(b.doc.Members, name)
}

// element adds an object to the document. The parameter list is the member of the document that the object is in, such
// as queues, and n is its index there.
func (b *building) element(list string, n int, value record.Value, line int) {
	at := Place{Line: line, Path: fmt.Sprintf("%s[%d]", list, n)}
	if tooDeep(value) {
		b.fault(at, "objects in it are nested more than %d deep", mostDeep)
		return
	}
	if len(value) == 0 || value[0] != '{' {
		b.fault(at, "it is %s, not an object", wordOf(value))
		return
	}
	all, twice := membersOf(value)
	for _, name := range twice {
		b.fault(at, "it has the JSON key %s twice: the last one counts", name)
	}
	o := Object{Kind: kindOf(list, all), At: at}
	if o.Kind.Scoped() {
		var vhost record.Value
		all, vhost = without(all, "vhost")
		switch {
		case !vhost.Known():
			b.homeless++
		case vhost[0] != '"':
			b.fault(at, "its vhost is %s, not text", wordOf(vhost))
			return
		default:
			o.VHost = b.once(vhost.Text())
		}
	}
	o.Value = joined(all)
	key, missing := keyOf(o.Kind, o.Value)
	if missing != "" {
		b.fault(at, "this %s has no field \"%s\", or that field is not a text", o.Kind.Word(), missing)
		return
	}
	if o.Key = key; o.Kind == VHosts {
		o.VHost = b.once(key[0])
	}
	b.doc.Objects = append(b.doc.Objects, o)
}

// once returns the one shared copy of the name of a virtual host.
func (b *building) once(name string) string {
	if _, is := b.kept[name]; !is {
		b.kept[name] = name
		b.said = append(b.said, name)
	}
	return b.kept[name]
}

// end completes the document after all its members are read: it finds the virtual host of an export of one virtual
// host, sorts objects and faults, and adds the faults that need the whole document. It returns an error if the document
// has no known member.
func (b *building) end() error {
	d := b.doc
	known := slices.ContainsFunc(d.Head, func(h Head) bool { return slices.Contains(heads(), h.Name) })
	if len(d.Members) == 0 && !known {
		return errors.New("it has none of the members of a definitions file, such as queues, users or policies")
	}
	for _, o := range d.Objects {
		if !d.Covers(o.Kind) {
			b.fault(o.At, "the member %s does not list %s", kindsMember, o.Kind)
		}
	}
	b.settle()
	d.Sort()
	d.duplicates()
	slices.SortStableFunc(d.Faults, func(a, b Fault) int { return a.At.Line - b.At.Line })
	return nil
}

// duplicates adds a fault for each object that occurs twice in a sorted document, unless the document has this fault
// already.
func (d *Document) duplicates() {
	told := map[Fault]bool{}
	for _, f := range d.Faults {
		told[f] = true
	}
	for i := 1; i < len(d.Objects); i++ {
		if one, other := d.Objects[i-1], d.Objects[i]; one.Compare(other) == 0 && one.At != other.At {
			f := Fault{At: other.At, Text: fmt.Sprintf("%s is there twice: the first one is %s", other, one.At)}
			if !told[f] {
				d.Faults = append(d.Faults, f)
			}
		}
	}
}

// settle finds the virtual host of a document that is the export of a single virtual host. In such an export 3.10 names
// the virtual host in parameters only, and 4.x in no object.
func (b *building) settle() {
	d := b.doc
	original, single := "", b.homeless > 0
	for _, h := range d.Head {
		switch h.Name {
		case vhostMember:
			original, single = h.Value.Text(), true
		case "rabbitmq_definition_format":
			single = single || h.Value.Text() == "single_virtual_host"
		}
	}
	if !single {
		return
	}
	d.Single = true
	switch {
	case b.from.VHost != "":
		d.VHost = b.from.VHost
	case original != "":
		d.VHost = original
	case len(b.said) == 1:
		d.VHost = b.said[0]
	}
	if len(b.said) > 1 {
		b.fault(Place{}, "%d objects name no virtual host, and others name %d different virtual hosts", b.homeless,
			len(b.said))
	}
	for i, o := range d.Objects {
		if o.Kind.Scoped() && (o.VHost == "" || len(b.said) < 2) {
			d.Objects[i].VHost = d.VHost
		}
	}
}

// kindOf returns the kind of an object with these members. The parameter list is the member of the document that the
// object is in, such as queues.
func kindOf(list string, all []member) Kind {
	component := ""
	for _, m := range all {
		if m.name == "component" {
			component = m.value.Text()
		}
	}
	found := Parameters
	for _, k := range Kinds() {
		switch {
		case k.Member() != list:
		case k.Component() == "":
			found = k
		case k.Component() == component:
			return k
		}
	}
	return found
}

// keyOf returns the key of an object. If a needed member of the key is missing, or a member that must be text is not
// text, key is empty, and missing is the name of that member. A missing routing key counts as "", and missing arguments
// as {}.
func keyOf(k Kind, value record.Value) (key []string, missing string) {
	all := plainMembers(value)
	for _, m := range k.Members() {
		if !m.Key {
			continue
		}
		_, v := without(slices.Clone(all), m.Name)
		switch {
		case m.Shape == Table && (!v.Known() || string(v) == "[]"):
			key = append(key, "{}") // brokers sometimes write an empty table as []
		case m.Shape == Table:
			key = append(key, string(v))
		case !v.Known() && !m.Needed:
			key = append(key, "")
		case !v.Known() || v[0] != '"':
			return nil, m.Name
		default:
			key = append(key, v.Text())
		}
	}
	return key, ""
}

// without removes the member of that name from all, in place. It returns the other members and the removed value; the
// value is absent if there is no such member.
func without(all []member, name string) ([]member, record.Value) {
	if i := slices.IndexFunc(all, func(m member) bool { return m.name == name }); i >= 0 {
		v := all[i].value
		return slices.Delete(all, i, i+1), v
	}
	return all, nil
}

// memberNames returns the names of the members of a document that hold objects.
func memberNames() []string {
	var names []string
	for _, k := range Kinds() {
		if !slices.Contains(names, k.Member()) {
			names = append(names, k.Member())
		}
	}
	return names
}

// wordOf names the type of the value. It never shows the value, which may be a secret in the wrong place.
func wordOf(v record.Value) string {
	switch {
	case !v.Known():
		return "nothing"
	case v[0] == '{':
		return "an object"
	case v[0] == '[':
		return "a list"
	case v[0] == '"':
		return "text"
	case v[0] == 't', v[0] == 'f':
		return "true or false"
	}
	return "a number"
}
