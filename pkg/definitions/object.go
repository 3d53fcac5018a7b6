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
	// VHost is the virtual host that the object belongs to, or that it is; "" for an object of the whole broker.
	VHost string
	// Key are the texts that tell it from others of its kind in its virtual host, in the order of the kind's members. The
	// arguments of a binding are JSON with its members sorted.
	Key []string
	// Value is what the document says of it, an object with its members sorted and without the virtual host.
	Value record.Value
	// At is where it was read.
	At Place
}

// Place is a place in a document.
type Place struct {
	// File is the file, where a document is made of several; else "".
	File string
	// Line counts from 1.
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

// Name is the name of the object; for a binding, what it binds.
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

// named is a name in a sentence.
func named(name string) string { return cmp.Or(name, `""`) }

// String is how a sentence calls it: queue orders in virtual host /.
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

// ID is equal for two objects that are the same one, in whatever document.
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

// Member is the value of a member, absent where it has none of that name.
func (o Object) Member(name string) record.Value {
	for n, v := range o.Value.Members() {
		if n == name {
			return v
		}
	}
	return nil
}

// With is the object with a member set, or without it where the value is nil.
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

// In is the object in another virtual host. An object that is itself a virtual host gets that name.
func (o Object) In(vhost string) Object {
	if o.Kind == VHosts {
		o = o.With("name", quoted(vhost))
	}
	o.VHost = vhost
	return o
}
