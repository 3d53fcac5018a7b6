package definitions

import (
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// normal returns the object in one form for all releases: if two objects mean the same to a broker, their normal
// objects are the same text, apart from the spelling of numbers, and from a password beside its hash (see unlike). said
// is what the document says about all its objects.
func normal(o Object, said saying) Object {
	all := map[string]record.Value{}
	for name, v := range o.Value.Members() {
		if v.Known() {
			all[name] = v
		}
	}
	switch o.Kind {
	case VHosts:
		normalVHost(all)
	case Users:
		normalUser(all)
	case Policies:
		normalPolicy(all)
	case OperatorPolicies:
		value := map[string]record.Value{}
		for name, v := range all["value"].Members() {
			value[name] = v
		}
		normalPolicy(value)
		all["value"] = object(value)
	case Exchanges:
		orElse(all, "durable", "false")
		orElse(all, "auto_delete", "false")
		orElse(all, "internal", "false")
		all["arguments"] = table(all["arguments"])
	case Queues:
		orElse(all, "durable", "false")
		orElse(all, "auto_delete", "false")
		all["arguments"] = said.queueArguments(o.VHost, all)
		delete(all, "type")
	}
	o.Value = object(all)
	return o
}

// normalVHost moves the members of metadata, where 4.x has them, into the virtual host itself. It drops limits: 4.3
// writes them a second time, among the parameters.
func normalVHost(all map[string]record.Value) {
	for name, v := range all["metadata"].Members() {
		if _, is := all[name]; !is && v.Known() {
			all[name] = v
		}
	}
	delete(all, "metadata")
	delete(all, "limits")
	if v, is := all["tags"]; is {
		all["tags"] = words(v)
	}
	if v := all["default_queue_type"].Text(); v == "undefined" {
		delete(all, "default_queue_type") // 4.x writes it for a virtual host that an older release made
	}
	if v, is := all["tracing"]; is && string(v) == "false" {
		delete(all, "tracing") // 3.x writes it in some answers, and no export has it
	}
}

func normalUser(all map[string]record.Value) {
	orElse(all, "hashing_algorithm", `"rabbit_password_hashing_sha256"`)
	all["tags"] = words(all["tags"])
	if v, is := all["limits"]; is {
		all["limits"] = table(v)
	}
}

func normalPolicy(all map[string]record.Value) {
	orElse(all, "priority", "0")
	orElse(all, "apply-to", `"all"`)
	all["definition"] = table(all["definition"])
}

func orElse(all map[string]record.Value, name, value string) {
	if _, is := all[name]; !is {
		all[name] = record.Value(value)
	}
}

// table returns a value as an object, since brokers sometimes write an empty object as [].
func table(v record.Value) record.Value {
	if !v.Known() || string(v) == "[]" {
		return record.Value("{}")
	}
	return v
}

// words returns a list of words, sorted, each once. Releases before 3.9 wrote the list as one text with commas.
func words(v record.Value) record.Value {
	list := v.Texts()
	if len(v) > 0 && v[0] == '"' {
		list = strings.FieldsFunc(v.Text(), func(r rune) bool { return r == ',' || r == ' ' })
	}
	slices.Sort(list)
	out := record.Value{'['}
	for i, word := range slices.Compact(list) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, quoted(word)...)
	}
	return append(out, ']')
}

func object(all map[string]record.Value) record.Value {
	var list []member
	for name, v := range all {
		list = append(list, member{name, v})
	}
	return joined(list)
}

// saying is what a document says for all of its objects.
type saying struct {
	// exported means that a broker wrote the document. A queue without a type is then classic: 3.10 writes no type for
	// a classic queue that was declared without one.
	exported bool
	// whole means that a virtual host with the member metadata has all its settings in the document.
	whole bool
	// types holds the default queue types of the document's virtual hosts.
	types map[string]string
}

func (d *Document) saying() saying {
	s := saying{exported: d.Release() != "", whole: d.Release() != "", types: map[string]string{}}
	for _, o := range d.Of(VHosts) {
		if t := o.Member("default_queue_type"); t.Known() {
			s.types[o.VHost] = t.Text()
		} else if t := o.Member("metadata").At("default_queue_type"); t.Known() {
			s.types[o.VHost] = t.Text()
		}
	}
	return s
}

// wishing is like saying, for a document that describes what a broker should have: settings of virtual hosts that it
// leaves out may have any value.
func (d *Document) wishing() saying {
	s := d.saying()
	s.whole = false
	return s
}

// all reports whether the document has all settings of a virtual host, or all limits of a user.
func (s saying) all(o Object) bool {
	if o.Kind == Users {
		return o.Member("limits").Known()
	}
	return s.whole && o.Member("metadata").Known()
}

// queueArguments returns the arguments of a queue, with its type among them if that is known. Without a type, a queue
// in a document that a broker wrote is classic. In any other document, a durable queue that is not auto-delete gets the
// default type of its virtual host, if the document has it.
func (s saying) queueArguments(vhost string, all map[string]record.Value) record.Value {
	arguments := map[string]record.Value{}
	for name, v := range table(all["arguments"]).Members() {
		arguments[name] = v
	}
	const key = "x-queue-type"
	_, said := arguments[key]
	switch {
	case said:
	case all["type"].Known():
		arguments[key] = all["type"]
	case s.exported:
		arguments[key] = quoted("classic")
	case s.types[vhost] != "" && string(all["durable"]) == "true" && string(all["auto_delete"]) == "false":
		arguments[key] = quoted(s.types[vhost])
	}
	return object(arguments)
}

// Importable returns the object in a form from which every release imports everything. 4.3 reads the default queue type
// and the protection of a virtual host from metadata only. 3.10.8 reads description and tags from the metadata and from
// the virtual host itself. So each of these stands in both places.
func (o Object) Importable() Object {
	if o.Kind != VHosts {
		return o
	}
	all, metadata := map[string]record.Value{}, map[string]record.Value{}
	for name, v := range o.Value.Members() {
		all[name] = v
	}
	for name, v := range all["metadata"].Members() {
		metadata[name] = v
	}
	for _, name := range []string{"description", "tags", "default_queue_type", "protected_from_deletion"} {
		if v, beside := all[name]; beside {
			metadata[name] = v
		} else if v, is := metadata[name]; is {
			all[name] = v
		}
	}
	if len(metadata) > 0 {
		all["metadata"] = object(metadata)
	}
	o.Value = object(all)
	return o
}
