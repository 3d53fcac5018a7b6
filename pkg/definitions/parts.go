package definitions

import (
	"net/url"
	"slices"
)

// Part is a part of a document that can be written to a file as a document of its own.
type Part struct {
	// Name is the name of the part's file without the suffix for the format.
	Name string
	*Document
}

// cluster is the name of the part that holds the rest: the members without objects (ByKind), or everything that belongs
// to no virtual host (ByVHost).
const cluster = "cluster"

// ByKind returns the parts of a document: one for each kind that it covers, and one with the members without objects.
func (d *Document) ByKind() []Part {
	parts := []Part{{cluster, d.part(nil, nil)}}
	parts[0].Head = d.Head
	for _, k := range Kinds() {
		if d.Covers(k) {
			parts = append(parts, Part{k.String(), d.part(d.Of(k), d.Members).narrowed([]Kind{k})})
		}
	}
	return parts
}

// ByVHost returns the parts of a document: one for each virtual host, and one with what belongs to no virtual host.
func (d *Document) ByVHost() []Part {
	var scoped, broad []string
	for _, k := range Kinds() {
		switch {
		case !d.Covers(k):
		case k.Scoped() || k == VHosts:
			scoped = append(scoped, k.Member())
		default:
			broad = append(broad, k.Member())
		}
	}
	all := d.Map(func(o Object) (Object, bool) { return o, !o.Kind.Scoped() && o.Kind != VHosts })
	parts := []Part{{cluster, d.part(all.Objects, broad)}}
	parts[0].Head = d.Head
	for _, vhost := range d.VHosts() {
		name := "vhost-" + url.PathEscape(vhost)
		parts = append(parts, Part{name, d.part(d.OfVHost(vhost).Objects, slices.Compact(scoped))})
	}
	return parts
}

func (d *Document) part(objects []Object, members []string) *Document {
	out := &Document{Objects: objects, Members: members, Single: d.Single, VHost: d.VHost}
	if slices.Contains(members, Parameters.Member()) {
		out.about = d.about
	}
	return out
}

// Joined returns the document that these parts make up. The place of each object and of each fault names the file of
// its part.
func Joined(parts []Part) *Document {
	out := &Document{}
	var about []Kind
	for _, p := range parts {
		about = append(about, p.covered()...)
		at := func(place Place) Place {
			place.File = p.Name
			return place
		}
		out.Head = append(out.Head, p.Head...)
		for _, name := range p.Members {
			if !slices.Contains(out.Members, name) {
				out.Members = append(out.Members, name)
			}
		}
		for _, o := range p.Objects {
			o.At = at(o.At)
			out.Objects = append(out.Objects, o)
		}
		for _, f := range p.Faults {
			f.At = at(f.At)
			out.Faults = append(out.Faults, f)
		}
		out.Single = out.Single || p.Single
		out.VHost = p.VHost
	}
	out.Sort()
	out.duplicates()
	return out.narrowed(about)
}

// InParts splits the objects, in their order, into documents that have about as many bytes of JSON as the parameter
// most, or fewer. An object that is larger gets a document of its own. The members without objects are left out.
func (d *Document) InParts(most int) []*Document {
	var all []*Document
	size := most
	for _, o := range d.Objects {
		length := o.size()
		if size += length; size > most {
			all, size = append(all, d.part(nil, nil)), length
		}
		last := all[len(all)-1]
		last.Objects = append(last.Objects, o)
		if !slices.Contains(last.Members, o.Kind.Member()) {
			last.Members = append(last.Members, o.Kind.Member())
		}
	}
	return all
}

// Halves returns two documents with half of the objects each, in their order. The members without objects are left out.
func (d *Document) Halves() []*Document {
	var all []*Document
	half := len(d.Objects) / 2
	for _, objects := range [][]Object{d.Objects[:half], d.Objects[half:]} {
		one := d.part(objects, nil)
		for _, o := range objects {
			if !slices.Contains(one.Members, o.Kind.Member()) {
				one.Members = append(one.Members, o.Kind.Member())
			}
		}
		all = append(all, one)
	}
	return all
}

// size returns about how many bytes the object has in JSON.
func (o Object) size() int { return len(o.Value) + len(o.VHost) + len(`,"vhost":""`) }
