package definitions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Object is one object of a document.
type Object struct {
	Kind Kind
	// VHost is the virtual host that the object belongs to; for a virtual host, its own name; "" for an object of the
	// whole broker.
	VHost string
	// Key holds the texts that distinguish the object from others of its kind in its virtual host, in the order of the
	// kind's members. The arguments of a binding are JSON with its members sorted.
	Key []string
	// Value is the object as the document has it, with its members sorted and without the virtual host.
	Value record.Value
	// At is the place where the object was read.
	At Place
}

// Place is a place in a document.
type Place struct {
	// File is the file's name if a document is made of several files; else "".
	File string
	// Line is the line, counted from 1; 0 if the fault is not at one line.
	Line int
	// Path is the place as jq writes it: queues[17].
	Path string
}

// String formats the place for a message: file, line and path.
func (p Place) String() string {
	text := p.Path
	if p.Line > 0 {
		text = strings.TrimSuffix(fmt.Sprintf("line %d, %s", p.Line, text), ", ")
	}
	if p.File != "" {
		text = p.File + ": " + text
	}
	return text
}

// Name returns the name of the object as a sentence shows it. For a binding it says what the binding binds, for a
// permission it is the user, and for limits the virtual host; a topic permission also has the exchange, and a parameter
// the component.
func (o Object) Name() string {
	switch o.Kind {
	case Bindings:
		text := fmt.Sprintf("%s -> %s", named(o.Key[0]), named(o.Key[2]))
		if o.Key[3] != "" {
			text += fmt.Sprintf(" with routing key %q", o.Key[3])
		}
		if o.Key[4] != "{}" {
			text += " and arguments " + o.Key[4]
		}
		return text
	case TopicPermissions:
		return o.Key[0] + " on exchange " + named(o.Key[1])
	case Parameters:
		return o.Key[0] + " " + o.Key[1]
	case VHostLimits:
		return o.VHost
	}
	return named(o.Key[0])
}

// named returns a name as a sentence shows it: an empty name as "".
func named(name string) string { return cmp.Or(name, `""`) }

// String returns the words for the object in a sentence: queue orders in virtual host /.
func (o Object) String() string {
	switch {
	case o.Kind == VHostLimits:
		return "limits of virtual host " + o.VHost
	case o.Kind == Permissions, o.Kind == TopicPermissions:
		return fmt.Sprintf("%s of user %s in virtual host %s", o.Kind.Word(), o.Name(), o.VHost)
	case o.Kind.Scoped():
		return fmt.Sprintf("%s %s in virtual host %s", o.Kind.Word(), o.Name(), o.VHost)
	}
	return o.Kind.Word() + " " + o.Name()
}

// ID returns a text that is equal for the same object in different documents.
func (o Object) ID() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %q", o.Kind, o.VHost)
	for _, k := range o.Key {
		fmt.Fprintf(&b, " %q", k)
	}
	return b.String()
}

// Compare orders objects by kind, virtual host and key.
func (o Object) Compare(other Object) int {
	return cmp.Or(cmp.Compare(o.Kind, other.Kind), cmp.Compare(o.VHost, other.VHost), slices.Compare(o.Key, other.Key))
}

// Member returns the value of the member of that name, absent if the object has no such member.
func (o Object) Member(name string) record.Value {
	for n, v := range o.Value.Members() {
		if n == name {
			return v
		}
	}
	return nil
}

// With returns the object with the member set to the value, or without the member if the value is nil.
func (o Object) With(name string, value record.Value) Object {
	var all []member
	for n, v := range o.Value.Members() {
		if n != name {
			all = append(all, member{n, v})
		}
	}
	if value != nil {
		all = append(all, member{name, Canonical(value)})
	}
	o.Value = joined(all)
	if slices.ContainsFunc(o.Kind.Members(), func(m Member) bool { return m.Key && m.Name == name }) {
		o.Key, _ = keyOf(o.Kind, o.Value)
	}
	return o
}

// In returns the object moved to another virtual host. An object that is itself a virtual host gets that name.
func (o Object) In(vhost string) Object {
	if o.Kind == VHosts {
		o = o.With("name", quoted(vhost))
	}
	o.VHost = vhost
	return o
}
