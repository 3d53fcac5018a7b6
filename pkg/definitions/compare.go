package definitions

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Difference is an object that differs between two documents, a and b, or that only one of them has.
type Difference struct {
	// Object is the object as b has it, or as a has it if b does not.
	Object Object
	// A and B are the object as document a and document b have it; nil if the document does not have the object.
	A, B *Object
	// Members are the members that differ if both documents have the object, sorted by name. The function unsaid says when
	// a member that one document leaves out is no difference.
	Members []MemberDifference
}

// MemberDifference is a member that is not the same in two objects.
type MemberDifference struct {
	// Name is the name of the member. A member of the objects arguments, definition, value or limits has the names of
	// these objects in front: arguments.x-max-length, value.definition.max-length.
	Name string
	// A and B are the two values, absent where an object has no such member. Their secrets are masked, so A and B can look
	// the same.
	A, B record.Value
	// Secret means that something in A or B is masked.
	Secret bool
}

// Compare returns the differences between a and b, sorted by kind, virtual host and key. It leaves out kinds that a or
// b does not cover, and objects that brokers make by themselves (see Noise). A masked secret counts as equal to any
// secret of the other document.
func Compare(a, b *Document) []Difference { return compare(a, b, a.saying(), b.saying()) }

// Unmet compares what a broker has with what a document wants. Settings of a virtual host that the document leaves out
// are not compared.
func Unmet(has, wants *Document) []Difference {
	return compare(has, wants, has.saying(), wants.wishing())
}

// Drift is Unmet with the two sides in the other order.
func Drift(wants, has *Document) []Difference {
	return compare(wants, has, wants.wishing(), has.saying())
}

func compare(a, b *Document, sayA, sayB saying) []Difference {
	var all []Difference
	i, j := 0, 0
	for i < len(a.Objects) || j < len(b.Objects) {
		order := 0
		switch {
		case i == len(a.Objects):
			order = 1
		case j == len(b.Objects):
			order = -1
		default:
			order = a.Objects[i].Compare(b.Objects[j])
		}
		var d Difference
		switch {
		case order < 0:
			d = Difference{Object: a.Objects[i], A: &a.Objects[i]}
			i++
		case order > 0:
			d = Difference{Object: b.Objects[j], B: &b.Objects[j]}
			j++
		default:
			one, other := a.Objects[i].Unmasked(b.Objects[j]), b.Objects[j].Unmasked(a.Objects[i])
			d = Difference{Object: other, A: &one, B: &other}
			d.Members = unlike(normal(*d.A, sayA), normal(*d.B, sayB), sayA.all(*d.A), sayB.all(*d.B))
			i, j = i+1, j+1
		}
		k := d.Object.Kind
		if order == 0 && d.Members == nil || !a.Covers(k) || !b.Covers(k) || Noise(d.Object) {
			continue
		}
		all = append(all, d)
	}
	return all
}

// Noise reports whether the object is one that brokers make by themselves: an exchange or a queue with a reserved name,
// a binding of the default exchange or to a queue with a reserved name, or a global parameter in which brokers keep
// facts about the cluster.
func Noise(o Object) bool {
	switch o.Kind {
	case Exchanges:
		return o.Key[0] == "" || strings.HasPrefix(o.Key[0], "amq.")
	case Queues:
		return strings.HasPrefix(o.Key[0], "amq.")
	case Bindings:
		return o.Key[0] == "" || o.Key[1] == "queue" && strings.HasPrefix(o.Key[2], "amq.")
	case GlobalParameters:
		return slices.Contains([]string{"cluster_name", "internal_cluster_id", "imported_definition_hash_value",
			"cluster_tags"}, o.Key[0])
	}
	return false
}

// unlike returns the members that differ in two normal objects. wholeA means that the document of a leaves out no
// setting of this virtual host or limit of this user, so that a missing one has its default; wholeB says the same of b.
// See unsaid.
func unlike(a, b Object, wholeA, wholeB bool) []MemberDifference {
	if string(a.Value) == string(b.Value) {
		return nil
	}
	ma, mb := flat(a.Value), flat(b.Value)
	if a.Kind == Users && samePassword(ma, mb) {
		for _, m := range []map[string]record.Value{ma, mb} {
			delete(m, "password")
			delete(m, "password_hash")
			delete(m, "hashing_algorithm")
		}
	}
	var all []MemberDifference
	for _, name := range slices.Sorted(maps.Keys(both(ma, mb))) {
		va, vb := ma[name], mb[name]
		if same(va, vb) || va == nil && unsaid(a.Kind, name, vb, wholeA) || vb == nil && unsaid(a.Kind, name, va, wholeB) {
			continue
		}
		d := MemberDifference{Name: name}
		var hidA, hidB bool
		d.A, hidA = hidden(a.Kind, a.Key, name, va)
		d.B, hidB = hidden(b.Kind, b.Key, name, vb)
		d.Secret = hidA || hidB
		all = append(all, d)
	}
	return all
}

// unsaid reports whether a member that one document leaves out is not a difference. other is its value in the other
// document. 3.10 exports only the names of virtual hosts, and a document written by hand may leave out queue
// types and limits of users. whole means that the document has all settings of its virtual hosts, or all limits of the
// user: then a member that is missing has the value of a new object.
func unsaid(k Kind, name string, other record.Value, whole bool) bool {
	if k == VHosts {
		return !whole || slices.Contains([]string{`""`, "[]", "false", `"classic"`}, string(other))
	}
	if k == Users && strings.HasPrefix(name, "limits") {
		return !whole
	}
	return k == Queues && name == "arguments.x-queue-type"
}

// flat returns the members of an object. Objects in arguments, definition, value and limits are replaced by their
// members, with the name of the object in front of theirs; empty ones are left out.
func flat(v record.Value) map[string]record.Value {
	all := map[string]record.Value{}
	var add func(prefix string, v record.Value)
	add = func(prefix string, v record.Value) {
		for name, e := range v.Members() {
			nested := name == "arguments" || name == "definition" || name == "value" || name == "limits"
			if nested && len(e) > 0 && e[0] == '{' {
				if len(e) > 2 {
					add(prefix+name+".", e)
				}
				continue
			}
			all[prefix+name] = e
		}
	}
	add("", v)
	return all
}

func both(a, b map[string]record.Value) map[string]bool {
	names := map[string]bool{}
	for name := range a {
		names[name] = true
	}
	for name := range b {
		names[name] = true
	}
	return names
}

// same reports whether two canonical values are equal; 1000 and 1000.0 are. Above 2^53 different whole numbers can be the
// same float, so there numbers are equal only if they are written alike.
func same(a, b record.Value) bool {
	if string(a) == string(b) {
		return true
	}
	x, isX := a.Number()
	y, isY := b.Number()
	return isX && isY && x == y && math.Abs(x) < 1<<53
}

// hidden returns a value of an object with its secrets masked, and reports whether it has any.
func hidden(k Kind, key []string, name string, v record.Value) (record.Value, bool) {
	if v == nil {
		return nil, false
	}
	o := Object{Kind: k, Key: key, Value: joined([]member{{name[strings.LastIndexByte(name, '.')+1:], v}})}
	for _, m := range o.masked().Members() {
		return m, string(m) != string(v)
	}
	return v, false
}

// samePassword reports whether one user has a plain password and the other user the hash of the same password, by
// SHA-256 or SHA-512.
func samePassword(a, b map[string]record.Value) bool {
	fits := func(plain, hashed map[string]record.Value) bool {
		password := plain["password"]
		if !password.Known() {
			return false
		}
		hash, err := base64.StdEncoding.DecodeString(hashed["password_hash"].Text())
		if err != nil || len(hash) < 4 {
			return false
		}
		salted := append(slices.Clone(hash[:4]), password.Text()...)
		var sum []byte
		switch hashed["hashing_algorithm"].Text() {
		case "rabbit_password_hashing_sha256":
			s := sha256.Sum256(salted)
			sum = s[:]
		case "rabbit_password_hashing_sha512":
			s := sha512.Sum512(salted)
			sum = s[:]
		}
		return sum != nil && string(sum) == string(hash[4:])
	}
	return fits(a, b) || fits(b, a)
}
