package definitions

import (
	"bytes"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Redacted returns the object with record.Masked in the place of each secret: hashes and passwords of users, the
// passwords in URIs, encrypted values, and members of parameters whose names contain password, secret, token or a
// similar word (see secretMember).
func (o Object) Redacted() Object {
	o.Value = o.masked()
	return o
}

// Secret reports whether the object holds a secret.
func (o Object) Secret() bool { return string(o.masked()) != string(o.Value) }

func (o Object) masked() record.Value {
	all := plainMembers(o.Value)
	for i, m := range all {
		name := m.name
		if name == "value" && len(m.value) > 0 && m.value[0] == '"' {
			name = o.Key[len(o.Key)-1] // for a parameter whose value is one text
		}
		all[i].value = masked(o.Kind, name, m.value)
	}
	return joined(all)
}

// Unmasked returns o with its masked values replaced by the secrets of has, which is the same object in another
// document. It replaces a value only if that value equals the one in has once the secrets there are masked. So a
// document without secrets can be compared with a document that has them, and an object of it can be changed without
// losing them.
func (o Object) Unmasked(has Object) Object {
	if !bytes.Contains(o.Value, []byte(record.Masked)) {
		return o
	}
	o.Value = unmasked(o.Kind, o.Key, "", o.Value, has.Value)
	return o
}

func unmasked(k Kind, key []string, name string, v, has record.Value) record.Value {
	if name == "value" && len(has) > 0 && has[0] == '"' {
		name = key[len(key)-1] // the value is one text: the parameter's own name tells whether it is secret
	}
	switch {
	case !v.Known() || !has.Known():
		return v
	case name != "" && string(v) == string(masked(k, name, has)):
		return has
	case v[0] != '{' || has[0] != '{':
		return v
	}
	all := plainMembers(v)
	for i, m := range all {
		_, other := without(plainMembers(has), m.name)
		all[i].value = unmasked(k, key, m.name, m.value, other)
	}
	return joined(all)
}

// IsRedacted reports whether a secret of the object was masked, so that no broker can use it.
func (o Object) IsRedacted() bool {
	is := false
	each(o.Value, func(name, text string) {
		is = is || text == record.Masked && secretMember(o.Kind, name) || strings.Contains(text, ":"+record.Masked+"@") ||
			strings.Contains(text, "="+record.Masked)
	})
	return is
}

// Redacted returns the document with all its secrets masked.
func (d *Document) Redacted() *Document {
	out := *d
	out.Objects = make([]Object, len(d.Objects))
	for i, o := range d.Objects {
		out.Objects[i] = o.Redacted()
	}
	out.Head = make([]Head, len(d.Head))
	for i, h := range d.Head {
		out.Head[i] = Head{h.Name, masked(Parameters, h.Name, h.Value), h.Line}
	}
	return &out
}

// Secret reports whether an object of the document holds a secret. It does not look at the members without objects.
func (d *Document) Secret() bool {
	for _, o := range d.Objects {
		if o.Secret() {
			return true
		}
	}
	return false
}

// secretMember reports whether the member's whole value is secret.
func secretMember(k Kind, name string) bool {
	switch k {
	case Users:
		return name == "password_hash" || name == "password"
	case Parameters, GlobalParameters:
		name = strings.ToLower(name)
		return slices.ContainsFunc([]string{"password", "passphrase", "passwd", "secret", "token", "credential"},
			func(part string) bool { return strings.Contains(name, part) })
	}
	return false
}

// masked returns the value of the member with that name, with its secrets masked. An empty text is not a secret: nobody
// can log in with an empty hash.
func masked(k Kind, name string, v record.Value) record.Value {
	switch {
	case !v.Known() || string(v) == `""`:
		return v
	case name != "" && secretMember(k, name):
		return quoted(record.Masked)
	case v[0] == '{':
		all := plainMembers(v)
		for i, m := range all {
			all[i].value = masked(k, m.name, m.value)
		}
		return joined(all)
	case v[0] == '[':
		out := record.Value{'['}
		v.Each(func(e record.Value) {
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(out, masked(k, name, e)...)
		})
		return append(out, ']')
	case v[0] != '"':
		return v
	}
	text := v.Text()
	if strings.HasPrefix(text, "encrypted:") {
		return quoted(record.Masked)
	}
	if hidden := record.MaskURIs(text); hidden != text {
		return quoted(hidden)
	}
	return v
}

// each calls f with every text in a value, and the name of the member that holds the text or the list around it; "" if
// there is none.
func each(v record.Value, f func(name, text string)) {
	var walk func(name string, v record.Value)
	walk = func(name string, v record.Value) {
		switch {
		case !v.Known():
		case v[0] == '{':
			for n, e := range v.Members() {
				walk(n, e)
			}
		case v[0] == '[':
			v.Each(func(e record.Value) { walk(name, e) })
		case v[0] == '"':
			f(name, v.Text())
		}
	}
	walk("", v)
}

// Hide masks the document's secrets in a text that may quote the document, such as the error of a broker that refuses
// it. It leaves secrets of a single character, which would change other words.
func (d *Document) Hide(text string) string {
	for _, o := range d.Objects {
		if !o.Secret() {
			continue
		}
		each(o.Value, func(name, secret string) {
			shown := record.MaskURIs(secret)
			if secretMember(o.Kind, name) || strings.HasPrefix(secret, "encrypted:") {
				shown = record.Masked
			}
			if shown != secret && len(secret) > 1 {
				text = strings.ReplaceAll(text, secret, shown)
			}
		})
	}
	return record.MaskURIs(text)
}
