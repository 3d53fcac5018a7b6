package definitions

import (
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Document is what a broker has declared, or what somebody wants it to have.
type Document struct {
	// Head holds the members that hold no objects, in the order in which they were read: facts about the document itself,
	// and members that no known release writes.
	Head []Head
	// Objects are sorted by kind, virtual host and key.
	Objects []Object
	// Members are the names of those members of the document that are lists of objects, such as queues, even if the list
	// is empty.
	Members []string
	// about lists the kinds that the document covers if it covers fewer than its members can hold: the member parameters
	// can hold three kinds. nil means all kinds of its members.
	about []Kind
	// Single means that the document describes one virtual host, whose name is in VHost and not in each object.
	Single bool
	VHost  string
	// Faults lists what was found wrong while the document was read; Check finds more. The faults are sorted by line,
	// except in a document that Joined returns. An element of which no object can be made, such as one without a name, is
	// only here, not in Objects.
	Faults []Fault
}

// Head is a member that holds no objects, such as rabbit_version.
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
	// Warning means that brokers accept the document anyway, or that they may accept it. They may accept a document that
	// is too long for one request, since it can be sent in parts, and one with an exchange type that a plugin provides,
	// since they can have the plugin.
	Warning bool
	// Masked means that a secret of the object is masked. apply keeps the secret that the broker has.
	Masked bool
	// Plugin means that a broker may accept the document, if it has a plugin that rabbitctl does not know.
	Plugin bool
}

// kindsMember is the member that lists the kinds that a document covers. Only rabbitctl writes and reads it, for a
// document whose member parameters does not cover all three kinds that it can hold; brokers ignore it (3.10, 4.3).
const kindsMember = "kinds"

// vhostMember is the member that names the virtual host of a document that describes only one.
const vhostMember = "original_vhost_name"

// heads returns the names of the members without objects that releases write, and kindsMember, in the order in which
// they are written. Only a document of one virtual host has original_vhost_name and the members after it.
func heads() []string {
	return []string{"rabbit_version", "rabbitmq_version", "product_name", "product_version", "rabbitmq_definition_format",
		"original_cluster_name", "explanation", kindsMember, vhostMember, "description", "tags",
		"default_queue_type", "metadata", "limits"}
}

// Release returns the version of the broker that wrote the document; "" if the document does not say.
func (d *Document) Release() string {
	for _, name := range []string{"rabbitmq_version", "rabbit_version"} {
		if i := slices.IndexFunc(d.Head, func(h Head) bool { return h.Name == name }); i >= 0 {
			return d.Head[i].Value.Text()
		}
	}
	return ""
}

// OnlyOf makes d the document of one virtual host. It adds the member original_vhost_name, which 4.0 and later write,
// if d does not have it.
func (d *Document) OnlyOf(vhost string) {
	d.Single, d.VHost = true, vhost
	if !slices.ContainsFunc(d.Head, func(h Head) bool { return h.Name == vhostMember }) {
		d.Head = append(d.Head, Head{Name: vhostMember, Value: quoted(vhost)})
	}
}

// Covers reports whether the document says which objects of the kind there are, even if it says that there are none.
func (d *Document) Covers(k Kind) bool {
	return slices.Contains(d.Members, k.Member()) && (d.about == nil || slices.Contains(d.about, k))
}

// covered returns the kinds that the document covers.
func (d *Document) covered() []Kind {
	return slices.DeleteFunc(Kinds(), func(k Kind) bool { return !d.Covers(k) })
}

// narrowed returns the document with the same objects. It covers those of the given kinds that d covers, and no others:
// see Covers.
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

// Of returns the objects of a kind. The objects of d must be sorted.
func (d *Document) Of(k Kind) []Object {
	from, _ := slices.BinarySearchFunc(d.Objects, k, func(o Object, k Kind) int { return int(o.Kind) - int(k) })
	to := from
	for to < len(d.Objects) && d.Objects[to].Kind == k {
		to++
	}
	return d.Objects[from:to]
}

// VHosts returns the names of the virtual hosts that are in the document or that its objects belong to, sorted.
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

// Sort sorts the objects, for example after a change of their names.
func (d *Document) Sort() { slices.SortStableFunc(d.Objects, Object.Compare) }

// Map returns the document with each object replaced by what f returns, and sorts the objects. If keep is false, the
// object is left out.
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

// Only returns the document with the objects of these kinds, and without the members that hold only other kinds.
func (d *Document) Only(wanted []Kind) *Document {
	return d.Map(func(o Object) (Object, bool) { return o, slices.Contains(wanted, o.Kind) }).narrowed(wanted)
}

// OfVHost returns the document with only the virtual host itself and the objects that belong to it. The members without
// objects stay.
func (d *Document) OfVHost(vhost string) *Document {
	return d.Map(func(o Object) (Object, bool) { return o, o.VHost == vhost && (o.Kind.Scoped() || o.Kind == VHosts) })
}

// Add adds an object with these members after all others, until Sort puts it in its place. Members with an absent value
// or null are left out. An object that lacks a needed member of its key is not added.
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
