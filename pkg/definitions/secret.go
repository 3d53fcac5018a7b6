package definitions

import (
	"bytes"
	"maps"
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
		all[i].value = masked(o.Kind, secretName(o.Key, m.name, m.value), m.value)
	}
	return joined(all)
}

// secretName returns the name that tells whether the member is secret. If the value of a parameter is a text or a list,
// that is the parameter's own name.
func secretName(key []string, name string, v record.Value) string {
	if name == "value" && len(v) > 0 && (v[0] == '"' || v[0] == '[') {
		return key[len(key)-1]
	}
	return name
}

// Unmasked returns o with its masked values replaced by the secrets of another document. The argument has is the same
// object in that document. A masked value is replaced only if the value there looks the same after it is masked. So a
// document without secrets can be compared with a document that has them, and an object can be changed without the loss
// of its secrets.
func (o Object) Unmasked(has Object) Object {
	if !bytes.Contains(o.Value, []byte(record.Masked)) {
		return o
	}
	o.Value = unmasked(o.Kind, o.Key, "", o.Value, has.Value)
	return o
}

func unmasked(k Kind, key []string, name string, v, has record.Value) record.Value {
	name = secretName(key, name, has)
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
	o.each(func(secret bool, text string) {
		uri := strings.Contains(text, "://") &&
			(strings.Contains(text, ":"+record.Masked+"@") || strings.Contains(text, "="+record.Masked))
		// A masked encrypted value can be in any member of a parameter.
		is = is || uri || text == record.Masked && (secret || mayBeEncrypted(o.Kind))
	})
	return is
}

// mayBeEncrypted reports whether a value that begins with "encrypted:" is a secret in objects of this kind. In other
// kinds, such as the description of a virtual host, it is plain text.
func mayBeEncrypted(k Kind) bool { return k == Parameters || k == GlobalParameters }

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

// Secret reports whether the document holds a secret.
func (d *Document) Secret() bool {
	for _, h := range d.Head {
		if string(masked(Parameters, h.Name, h.Value)) != string(h.Value) {
			return true
		}
	}
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
	if mayBeEncrypted(k) && strings.HasPrefix(text, "encrypted:") {
		return quoted(record.Masked)
	}
	if hidden := record.MaskURIs(text); hidden != text {
		return quoted(hidden)
	}
	return v
}

// each calls f with every text in the object. The argument secret is true if the text is in a member whose name says
// that the value is secret. f is also called with numbers, if they are secret.
func (o Object) each(f func(secret bool, text string)) {
	var walk func(secret bool, name string, v record.Value)
	walk = func(secret bool, name string, v record.Value) {
		secret = secret || name != "" && secretMember(o.Kind, name)
		switch {
		case !v.Known():
		case v[0] == '{':
			for n, e := range v.Members() {
				walk(secret, n, e)
			}
		case v[0] == '[':
			v.Each(func(e record.Value) { walk(secret, name, e) })
		case v[0] == '"':
			f(secret, v.Text())
		case secret && v[0] != 't' && v[0] != 'f':
			f(secret, string(v))
		}
	}
	for name, v := range o.Value.Members() {
		walk(false, secretName(o.Key, name, v), v)
	}
}

// Hide masks the secrets of the document's objects in a text that may quote the document, such as the error of a broker
// that refuses it. It does not mask a secret of a single character, because that would change other words.
func (d *Document) Hide(text string) string {
	shown := map[string]string{}
	for _, o := range d.Objects {
		o.each(func(secret bool, has string) {
			hidden := record.MaskURIs(has)
			if secret || mayBeEncrypted(o.Kind) && strings.HasPrefix(has, "encrypted:") {
				hidden = record.Masked
			}
			if hidden != has && len(has) > 1 {
				shown[has] = hidden
			}
		})
	}
	// The longest come first: a secret can be a part of another one.
	for _, secret := range slices.SortedFunc(maps.Keys(shown), func(a, b string) int { return len(b) - len(a) }) {
		text = strings.ReplaceAll(text, secret, shown[secret])
	}
	return record.MaskURIs(text)
}
