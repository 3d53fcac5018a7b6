package definitions

import (
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Document is what a broker has declared, or what somebody wants it to have.
type Document struct {
	// Head are the members that hold no objects, in the order in which they were read: facts about the document itself,
	// and members that no known release writes.
	Head []Head
	// Objects are sorted by kind, virtual host and key.
	Objects []Object
	// Members are the names of the members for objects that the document has, such as queues, also if their list is
	// empty.
	Members []string
	// about are the kinds that the document covers, if these are fewer than its members can hold: the member parameters
	// can hold three kinds. nil means all.
	about []Kind
	// Single means that the document is of one virtual host, whose name is in VHost and not in each object.
	Single bool
	VHost  string
	// Faults are what is wrong in it, in the order of the places. Objects without a valid name are in no other field.
	Faults []Fault
}

// Head is a member of a document that holds no objects.
type Head struct {
	Name  string
	Value record.Value
	Line  int
}

// Fault is something that is wrong in a document.
type Fault struct {
	At Place
	// Text says what is wrong, and with which object.
	Text string
	// Warning means that brokers take the document anyway.
	Warning bool
	// Plugin means that a broker may accept it, if it has a plugin that rabbitctl does not know.
	Plugin bool
}

// kindsMember is the member with the kinds that a document is about. Only rabbitctl writes and reads it, for a document
// with the member parameters that does not cover all three kinds in it; brokers ignore it (3.10, 4.3).
const kindsMember = "kinds"

// vhostMember is the member with the name of the virtual host that a document is of.
const vhostMember = "original_vhost_name"

// heads are the members that releases write beside those with objects, in the order in which they are written. Only a
// document of one virtual host has those from original_vhost_name on.
func heads() []string {
	return []string{"rabbit_version", "rabbitmq_version", "product_name", "product_version", "rabbitmq_definition_format",
		"original_cluster_name", "explanation", kindsMember, vhostMember, "description", "tags",
		"default_queue_type", "metadata", "limits"}
}

// Release is the version of the broker that wrote it; "" where it does not say.
func (d *Document) Release() string {
	for _, name := range []string{"rabbitmq_version", "rabbit_version"} {
		if i := slices.IndexFunc(d.Head, func(h Head) bool { return h.Name == name }); i >= 0 {
			return d.Head[i].Value.Text()
		}
	}
	return ""
}

// OnlyOf makes it the document of one virtual host. It adds the member original_vhost_name, which 4.0 and later write.
func (d *Document) OnlyOf(vhost string) {
	d.Single, d.VHost = true, vhost
	if !slices.ContainsFunc(d.Head, func(h Head) bool { return h.Name == vhostMember }) {
		d.Head = append(d.Head, Head{Name: vhostMember, Value: quoted(vhost)})
	}
}

// Covers reports whether the document says which objects of the kind there are, if only that there are none.
func (d *Document) Covers(k Kind) bool {
	return slices.Contains(d.Members, k.Member()) && (d.about == nil || slices.Contains(d.about, k))
}

// covered are the kinds that it covers.
func (d *Document) covered() []Kind {
	return slices.DeleteFunc(Kinds(), func(k Kind) bool { return !d.Covers(k) })
}

// narrowed is the document cut down to these kinds, as far as it covers them.
func (d *Document) narrowed(to []Kind) *Document {
	out := *d
	out.about, out.Members = nil, slices.DeleteFunc(slices.Clone(d.Members), func(name string) bool {
		return !slices.ContainsFunc(to, func(k Kind) bool { return k.Member() == name })
	})
	about := slices.DeleteFunc(d.covered(), func(k Kind) bool { return !slices.Contains(to, k) })
	if len(about) < len(out.covered()) {
		out.about = about
	}
	return &out
}

// Of are the objects of a kind.
func (d *Document) Of(k Kind) []Object {
	from, _ := slices.BinarySearchFunc(d.Objects, k, func(o Object, k Kind) int { return int(o.Kind) - int(k) })
	to := from
	for to < len(d.Objects) && d.Objects[to].Kind == k {
		to++
	}
	return d.Objects[from:to]
}

// VHosts are the virtual hosts that something in it belongs to, sorted.
func (d *Document) VHosts() []string {
	seen := map[string]bool{}
	var all []string
	for _, o := range d.Objects {
		if (o.Kind.Scoped() || o.Kind == VHosts) && !seen[o.VHost] {
			seen[o.VHost] = true
			all = append(all, o.VHost)
		}
	}
	slices.Sort(all)
	return all
}

// Sort puts the objects in order, as after a change of their names.
func (d *Document) Sort() { slices.SortStableFunc(d.Objects, Object.Compare) }

// Map is the document with each object as f returns it; keep false leaves it out.
func (d *Document) Map(f func(Object) (_ Object, keep bool)) *Document {
	out := *d
	out.Objects = make([]Object, 0, len(d.Objects))
	for _, o := range d.Objects {
		if o, keep := f(o); keep {
			out.Objects = append(out.Objects, o)
		}
	}
	out.Sort()
	return &out
}

// Only is the document with the objects of these kinds, and without the members that hold only other kinds.
func (d *Document) Only(wanted []Kind) *Document {
	return d.Map(func(o Object) (Object, bool) { return o, slices.Contains(wanted, o.Kind) }).narrowed(wanted)
}

// OfVHost is what belongs to a virtual host, and the virtual host itself.
func (d *Document) OfVHost(vhost string) *Document {
	return d.Map(func(o Object) (Object, bool) { return o, o.VHost == vhost && (o.Kind.Scoped() || o.Kind == VHosts) })
}

// Add adds an object with these members after all others, until Sort puts it in its place. An object that has no key is
// not added.
func (d *Document) Add(k Kind, vhost string, members map[string]record.Value) {
	var all []member
	for name, value := range members {
		if value.Known() {
			all = append(all, member{name, Canonical(value)})
		}
	}
	o := Object{Kind: k, VHost: vhost, Value: joined(all)}
	key, missing := keyOf(k, o.Value)
	if missing == "" {
		o.Key = key
		d.Objects = append(d.Objects, o)
	}
}
