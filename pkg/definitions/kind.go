// Package definitions handles the definitions of a broker as one document: how it is read, checked, changed, compared
// and written, and which parts of it are secret. The package sends no requests and opens no files.
package definitions

import (
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Kind is a kind of objects that a document of definitions holds. Kinds are in the order in which objects are made:
// each comes after those that it needs.
type Kind int

const (
	VHosts Kind = iota
	Users
	Permissions
	TopicPermissions
	GlobalParameters
	Parameters
	OperatorPolicies
	VHostLimits
	Policies
	Exchanges
	Queues
	Bindings
	kinds = iota
)

// Kinds returns all kinds, in the order in which objects are made.
func Kinds() []Kind {
	all := make([]Kind, kinds)
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// Shape is the type that the value of a member must have.
type Shape string

const (
	Text    Shape = "text"
	Whole   Shape = "a whole number"
	Truth   Shape = "true or false"
	Table   Shape = "an object"
	TagList Shape = "a list of words"
	Any     Shape = ""
)

// Member describes a member that the objects of a kind can have.
type Member struct {
	Name  string
	Shape Shape
	// Key means that this member is part of the object's key, which distinguishes it from other objects of its kind and
	// virtual host.
	Key bool
	// Needed means that brokers refuse an object without this member: always, or, if On is set, only on releases before
	// On.
	Needed bool
	On     topology.Release
}

// facts describe a kind. The members are those in exports of 3.10, 4.0 and 4.3, and some that only other documents
// have, such as the password of a user. Which of them are needed was tried on these releases.
type facts struct {
	// name is the name of the kind in a list of kinds.
	name string
	// member is the document's member that holds the objects. The parameters of some components are kinds of their own;
	// component is the component of such a kind.
	member, component string
	// word is the word for one object in a sentence.
	word string
	// scoped means that an object belongs to a virtual host.
	scoped bool
	// members are the members that an object of this kind has, except vhost. They also lack the member component if the
	// kind has a component of its own.
	members []Member
}

func factsOf(k Kind) facts {
	name := Member{Name: "name", Shape: Text, Key: true, Needed: true}
	needed := func(name string, shape Shape) Member { return Member{Name: name, Shape: shape, Needed: true} }
	key := func(name string) Member { return Member{Name: name, Shape: Text, Key: true, Needed: true} }
	may := func(name string, shape Shape) Member { return Member{Name: name, Shape: shape} }
	before := func(major, minor int, name string) Member {
		return Member{Name: name, Shape: Truth, Needed: true, On: topology.Release{Major: major, Minor: minor}}
	}
	switch k {
	case VHosts:
		return facts{name: "vhosts", member: "vhosts", word: "virtual host", members: []Member{name,
			may("description", Text), may("tags", TagList), may("default_queue_type", Text), may("metadata", Table),
			may("limits", Table), may("tracing", Truth)}}
	case Users:
		return facts{name: "users", member: "users", word: "user", members: []Member{name, may("password_hash", Text),
			may("hashing_algorithm", Text), may("password", Text), may("tags", TagList), may("limits", Table)}}
	case Permissions:
		return facts{name: "permissions", member: "permissions", word: "permission", scoped: true, members: []Member{
			key("user"), needed("configure", Text), needed("write", Text), needed("read", Text)}}
	case TopicPermissions:
		return facts{name: "topic_permissions", member: "topic_permissions", word: "topic permission", scoped: true,
			members: []Member{key("user"), key("exchange"), needed("write", Text), needed("read", Text)}}
	case GlobalParameters:
		return facts{name: "global_parameters", member: "global_parameters", word: "global parameter",
			members: []Member{name, may("value", Any)}}
	case Parameters:
		return facts{name: "parameters", member: "parameters", word: "parameter", scoped: true,
			members: []Member{key("component"), name, needed("value", Any)}}
	case OperatorPolicies:
		return facts{name: "operator_policies", member: "parameters", component: "operator_policy",
			word: "operator policy", scoped: true, members: []Member{name, needed("value", Table)}}
	case VHostLimits:
		return facts{name: "vhost_limits", member: "parameters", component: "vhost-limits", word: "limits", scoped: true,
			members: []Member{name, needed("value", Table)}}
	case Policies:
		return facts{name: "policies", member: "policies", word: "policy", scoped: true, members: []Member{name,
			needed("pattern", Text), may("apply-to", Text), needed("definition", Table), may("priority", Whole)}}
	case Exchanges:
		return facts{name: "exchanges", member: "exchanges", word: "exchange", scoped: true, members: []Member{name,
			needed("type", Text), before(4, 1, "durable"), may("auto_delete", Truth), may("internal", Truth),
			may("arguments", Table)}}
	case Queues:
		return facts{name: "queues", member: "queues", word: "queue", scoped: true, members: []Member{name,
			before(4, 0, "durable"), before(4, 0, "auto_delete"), may("arguments", Table), may("type", Text)}}
	}
	return facts{name: "bindings", member: "bindings", word: "binding", scoped: true, members: []Member{key("source"),
		key("destination_type"), key("destination"), {Name: "routing_key", Shape: Text, Key: true},
		{Name: "arguments", Shape: Table, Key: true}}}
}

// String returns the name of the kind in a list of kinds: queues, operator_policies.
func (k Kind) String() string { return factsOf(k).name }

// Word returns the word for one object of the kind in a sentence.
func (k Kind) Word() string { return factsOf(k).word }

// Member returns the name of the document's member that holds the objects of the kind.
func (k Kind) Member() string { return factsOf(k).member }

// Component returns the component of the parameters of this kind; "" for a kind without a component of its own.
func (k Kind) Component() string { return factsOf(k).component }

// Scoped reports whether objects of the kind belong to a virtual host.
func (k Kind) Scoped() bool { return factsOf(k).scoped }

// Members returns the members that an object of this kind has, except vhost and, if the kind has a component of its own,
// component.
func (k Kind) Members() []Member { return factsOf(k).members }

// KindNames returns the names of all kinds, in the order of Kinds.
func KindNames() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.String())
	}
	return names
}

// KindsNamed returns the kinds with these names, as --only takes them. An unknown name is a usage error.
func KindsNamed(names []string) ([]Kind, error) {
	var kinds []Kind
	for _, name := range names {
		i := slices.Index(KindNames(), name)
		if i < 0 {
			return nil, fail.Usagef("there are no definitions of %q%s", name, fail.DidYouMean(name, KindNames())).
				Next("kinds: %s", strings.Join(KindNames(), ", "))
		}
		kinds = append(kinds, Kind(i))
	}
	return kinds, nil
}
