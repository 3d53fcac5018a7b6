package definitions

import "slices"

// Action says what must be done with one object.
type Action string

const (
	Create  Action = "create"
	Update  Action = "update"
	Replace Action = "replace" // delete and create again, since the broker cannot change it
	Delete  Action = "delete"
)

// Planned is one object of a plan, and what must be done with it.
type Planned struct {
	Action
	Difference
	// Again means that the object is a binding that exists, but that the broker deletes when the binding's queue or
	// exchange is replaced. So the binding has to be made again.
	Again bool
}

// Plan returns the steps that turn what a broker has (the parameter has) into what a document describes (the parameter
// wants), in an order that works: objects are made and changed first, each kind after those that it needs, and then
// deleted in the reverse order. Without prune, only objects that are replaced are deleted. mine reports whether the
// plan may touch an object; if mine is nil, it may touch all. Bindings that a replacement deletes are made again,
// whatever mine says.
func Plan(has, wants *Document, prune bool, mine func(Object) bool) []Planned {
	var made, remove []Planned
	gone, replaced, unwanted := ending{}, ending{}, map[string]bool{}
	for _, d := range Unmet(has, wants) {
		if mine != nil && !mine(d.Object) {
			continue
		}
		switch {
		case d.A == nil:
			made = append(made, Planned{Action: Create, Difference: d})
		case d.B != nil && fixed(d.Object.Kind):
			made = append(made, Planned{Action: Replace, Difference: d})
			replaced.add(*d.A)
		case d.B != nil:
			made = append(made, Planned{Action: Update, Difference: d})
		case prune:
			remove = append(remove, Planned{Action: Delete, Difference: d})
			gone.add(*d.A)
			unwanted[d.A.ID()] = true
		}
	}
	for _, b := range has.Of(Bindings) {
		if replaced.with(b) && !unwanted[b.ID()] {
			made = append(made, Planned{Action: Create, Difference: Difference{Object: b, B: &b}, Again: true})
		}
	}
	// If deleting another object also deletes this one, it needs no deletion of its own.
	remove = slices.DeleteFunc(remove, func(p Planned) bool { return gone.with(*p.A) })
	slices.SortStableFunc(remove, func(a, b Planned) int { return int(b.Object.Kind) - int(a.Object.Kind) })
	return append(made, remove...)
}

// fixed reports whether brokers cannot change an object of this kind after it is created.
func fixed(k Kind) bool { return k == Exchanges || k == Queues || k == Bindings }

// ending holds the IDs of the objects that a plan deletes or replaces, and on which other objects depend.
type ending map[string]bool

func (e ending) add(o Object) {
	switch o.Kind {
	case VHosts, Users, Exchanges, Queues:
		e[o.ID()] = true
	}
}

// with reports whether the broker deletes the object o when it deletes one of the objects in e.
func (e ending) with(o Object) bool {
	is := func(k Kind, vhost, name string) bool {
		return e[Object{Kind: k, VHost: vhost, Key: []string{name}}.ID()]
	}
	switch {
	case o.Kind.Scoped() && is(VHosts, o.VHost, o.VHost):
		return true
	case o.Kind == Permissions || o.Kind == TopicPermissions:
		return is(Users, "", o.Key[0])
	case o.Kind == Bindings && o.Key[1] == "queue" && is(Queues, o.VHost, o.Key[2]):
		return true
	case o.Kind == Bindings:
		return is(Exchanges, o.VHost, o.Key[0]) || o.Key[1] == "exchange" && is(Exchanges, o.VHost, o.Key[2])
	}
	return false
}
