package definitions

import (
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// references checks that the objects that o refers to exist, if all objects of their kind are known. Without some of
// them o cannot exist. If such an object is missing, 4.3 refuses the document; 3.10 leaves out o silently if o is a
// binding, and otherwise refuses the document. A missing object that o does not need, such as a dead-letter exchange,
// is a warning.
func (c *checker) references(o Object) {
	if o.Kind.Scoped() && !c.doc.Single {
		c.needs(o, Object{Kind: VHosts, VHost: o.VHost, Key: []string{o.VHost}})
	}
	switch o.Kind {
	case Permissions, TopicPermissions:
		c.needs(o, Object{Kind: Users, Key: o.Key[:1]})
		if o.Kind == TopicPermissions {
			c.mentions(o, "exchange", record.Value(quoted(o.Key[1])))
		}
	case Bindings:
		to := Queues
		if o.Key[1] == "exchange" {
			to = Exchanges
		}
		c.needs(o, Object{Kind: Exchanges, VHost: o.VHost, Key: o.Key[:1]})
		c.needs(o, Object{Kind: to, VHost: o.VHost, Key: o.Key[2:3]})
	case Exchanges:
		c.mentions(o, "alternate exchange", o.argument("alternate-exchange"))
	case Queues:
		c.mentions(o, "dead-letter exchange", o.argument("x-dead-letter-exchange"))
	case Policies:
		set := Object{Value: o.Member("definition")}
		c.mentions(o, "dead-letter exchange", set.Member("dead-letter-exchange"))
		c.mentions(o, "alternate exchange", set.Member("alternate-exchange"))
		if up := set.Member("federation-upstream"); up.Known() {
			c.mentioned(o, Object{Kind: Parameters, VHost: o.VHost, Key: []string{"federation-upstream", up.Text()}})
		}
	}
}

func (o Object) argument(name string) record.Value {
	return Object{Value: o.Member("arguments")}.Member(name)
}

// needs checks that the document has the object other, without which o cannot exist.
func (c *checker) needs(o, other Object) {
	if c.lacks(other) {
		c.refused(o, "%s is not in the document", other)
	}
}

// mentions checks the name of an exchange that need not exist for the import, such as an alternate or a dead-letter
// exchange.
func (c *checker) mentions(o Object, role string, name record.Value) {
	if !name.Known() {
		return
	}
	if other := (Object{Kind: Exchanges, VHost: o.VHost, Key: []string{name.Text()}}); c.lacks(other) {
		c.doubtful(o, "its %s %s is not in the document", role, name.Text())
	}
}

func (c *checker) mentioned(o, other Object) {
	if c.lacks(other) {
		c.doubtful(o, "%s is not in the document", other)
	}
}

// lacks reports whether the document lists the objects of this kind, and does not have this one. Objects that a new
// broker has are never lacking: the virtual host /, the user guest and the exchanges of each virtual host.
func (c *checker) lacks(o Object) bool {
	name := o.Key[len(o.Key)-1]
	switch {
	case !c.covered[o.Kind], c.there[o.ID()]:
		return false
	case o.Kind == VHosts:
		return name != "/"
	case o.Kind == Users:
		return name != "guest"
	case o.Kind == Exchanges:
		return !slices.Contains(predeclared(), name) && !strings.HasPrefix(name, "amq.rabbitmq.")
	}
	return true
}

// predeclared returns the exchanges that every virtual host has.
func predeclared() []string {
	return []string{"", "amq.direct", "amq.fanout", "amq.topic", "amq.headers", "amq.match"}
}
