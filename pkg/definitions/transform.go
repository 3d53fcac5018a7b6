package definitions

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Named returns the document with only the objects whose names pass. It keeps all virtual hosts and their limits.
func (d *Document) Named(passes func(name string) bool) *Document {
	return d.Map(func(o Object) (Object, bool) {
		return o, o.Kind == VHosts || o.Kind == VHostLimits || o.Passes(passes)
	})
}

// Passes reports whether the name of the object passes. For a permission, that is the name of its user, and for limits
// the name of the virtual host. For a binding, the names of both ends must pass. But an exchange that exists in every
// virtual host always passes as the source.
func (o Object) Passes(passes func(name string) bool) bool {
	switch o.Kind {
	case VHostLimits:
		return passes(o.VHost)
	case Permissions, TopicPermissions:
		return passes(o.Key[0])
	case Bindings:
		return (slices.Contains(predeclared(), o.Key[0]) || passes(o.Key[0])) && passes(o.Key[2])
	}
	return passes(o.Key[len(o.Key)-1])
}

// Renamed returns the document with other names for some virtual hosts: names maps old names to new ones. It returns an
// error if the document has no virtual host with an old name and no object in one, or if two virtual hosts would get
// the same name.
func (d *Document) Renamed(names map[string]string) (*Document, error) {
	has := d.VHosts()
	for _, old := range slices.Sorted(maps.Keys(names)) {
		if !slices.Contains(has, old) && !(d.Single && d.VHost == old) {
			return nil, fail.New(fail.NotFound, "there is nothing of virtual host %s to rename%s", old,
				fail.DidYouMean(old, has))
		}
	}
	taken := map[string]string{}
	for _, old := range has {
		now := old
		if to, is := names[old]; is {
			now = to
		}
		if other, is := taken[now]; is {
			return nil, fail.New(fail.Data, "the virtual hosts %s and %s would both be named %s", other, old, now)
		}
		taken[now] = old
	}
	out := d.Map(func(o Object) (Object, bool) {
		if to, is := names[o.VHost]; is && (o.Kind.Scoped() || o.Kind == VHosts) {
			return o.In(to), true
		}
		return o, true
	})
	if to, is := names[d.VHost]; is && d.Single {
		out.VHost = to
		out.Head = slices.Clone(d.Head)
		for i, h := range out.Head {
			if h.Name == vhostMember {
				out.Head[i].Value = quoted(to)
			}
		}
	}
	return out, nil
}

// WithoutPolicyKeys returns the document without the keys of policies and operator policies that match a pattern such
// as ha-*. If empty is true, policies that have no key left are left out too: brokers refuse them.
func (d *Document) WithoutPolicyKeys(patterns []string, empty bool) *Document {
	return d.Map(func(o Object) (Object, bool) {
		if o.Kind != Policies && o.Kind != OperatorPolicies {
			return o, true
		}
		all := plainMembers(o.definition())
		kept := slices.DeleteFunc(slices.Clone(all), func(m member) bool {
			return slices.ContainsFunc(patterns, func(pattern string) bool {
				matches, err := path.Match(pattern, m.name)
				return err == nil && matches
			})
		})
		if len(kept) < len(all) {
			o = o.withDefinition(joined(kept))
		}
		return o, len(kept) > 0 || !empty
	})
}

// definition returns the definition of a policy or an operator policy.
func (o Object) definition() record.Value {
	if o.Kind == OperatorPolicies {
		return Object{Value: o.Member("value")}.Member("definition")
	}
	return o.Member("definition")
}

func (o Object) withDefinition(v record.Value) Object {
	if o.Kind == OperatorPolicies {
		return o.With("value", Object{Kind: Policies, Value: o.Member("value")}.With("definition", v).Value)
	}
	return o.With("definition", v)
}

// WithQueueType returns the document with its queues changed to that type, without the arguments that are not for that
// type. Streams stay as they are. So do queues that the type does not allow, for example queues that are not durable.
// The notes name these queues, and the arguments that were left out.
func (d *Document) WithQueueType(kind string) (_ *Document, notes []string) {
	known := topology.Known()
	out := d.Map(func(o Object) (Object, bool) {
		if now := o.argument("x-queue-type").Text(); o.Kind != Queues || now == kind || now == "stream" {
			return o, true
		}
		durable, is := o.Member("durable").Bool()
		deletes, _ := o.Member("auto_delete").Bool()
		if kind != "classic" && (is && !durable || deletes) {
			notes = append(notes, fmt.Sprintf("%s stays as it is: it is auto-delete or not durable, which a %s queue "+
				"cannot be", o, kind))
			return o, true
		}
		arguments := []member{{"x-queue-type", quoted(kind)}}
		for _, m := range plainMembers(o.Member("arguments")) {
			a, is := known.Find(m.name)
			switch {
			case m.name == "x-queue-type":
			case is && a.Types != nil && !slices.Contains(a.Types, kind):
				notes = append(notes, fmt.Sprintf("%s: the argument %s is left out: it is not for %s queues", o, m.name, kind))
			default:
				arguments = append(arguments, m)
			}
		}
		o = o.With("arguments", joined(arguments))
		if o.Member("type").Known() {
			o = o.With("type", quoted(kind))
		}
		return o, true
	})
	return out, notes
}
