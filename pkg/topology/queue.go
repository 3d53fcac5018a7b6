package topology

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Queue is the declaration of a queue.
type Queue struct {
	VHost, Name string
	// Type is classic, quorum or stream; "" means the default of the virtual host.
	Type       string
	Durable    bool
	AutoDelete bool
	// Exclusive is true only for queues that a client declared, because the API cannot declare an exclusive queue.
	Exclusive bool
	// Arguments are the optional arguments without x-queue-type. A value is a string, a bool, a json.Number, or nested
	// values.
	Arguments map[string]any
}

// Validate refuses a name that the broker cannot use, an unknown type, properties that the type cannot have, and a
// well-known argument that queues of the type ignore. The broker may refuse more. Its errors are usage errors.
func (q Queue) Validate() error {
	if err := validName("queue", q.Name); err != nil {
		return err
	}
	if strings.HasPrefix(q.Name, "amq.") {
		return fail.Usagef("the name %q is not allowed: names that begin with amq. are reserved for the broker", q.Name)
	}
	types := []string{"classic", "quorum", "stream"}
	if q.Type != "" && !slices.Contains(types, q.Type) {
		return fail.Usagef("no queue type %q%s", q.Type, fail.DidYouMean(q.Type, types)).
			Next("types: %s", strings.Join(types, ", "))
	}
	if q.Type == "quorum" || q.Type == "stream" {
		if !q.Durable {
			return about(Durable, "a %s queue must be durable", q.Type)
		}
		if q.AutoDelete {
			return about(AutoDelete, "a %s queue cannot be auto-delete", q.Type)
		}
	}
	return Known().fit(q.Arguments, "queues", q.Type)
}

// validName refuses a name that brokers would refuse, change, or be unable to list. The first argument is the kind of
// the object: "queue" or "exchange".
func validName(what, name string) error {
	switch {
	case name == "":
		return fail.Usagef("the %s's name is empty", what).Next("the API cannot make server-named queues: give a name")
	case len(name) > 255:
		return fail.Usagef("the %s's name has %d bytes, 255 is the most", what, len(name))
	case strings.ContainsAny(name, "\r\n"):
		// Measured on 3.10 and 4.3, for queues and for exchanges: for the name "new\nline" the broker declares "newline".
		return fail.Usagef("the name %q has a line break: the broker removes it and declares another %s", name,
			what)
	case !utf8.ValidString(name):
		// Measured on 4.3: until the queue is deleted, every listing of queues that includes their names fails with status
		// 500, for all users.
		return fail.Usagef("the name %q is not UTF-8: RabbitMQ 4.3 cannot list its %ss while one has such a name", name,
			what)
	}
	return nil
}

// fit refuses a well-known argument that objects of type kind do not know.
func (all Arguments) fit(arguments map[string]any, what, kind string) error {
	for _, key := range slices.Sorted(maps.Keys(arguments)) {
		if a, ok := all.Find(key); ok && kind != "" && a.Types != nil && !slices.Contains(a.Types, kind) {
			return fail.Usagef("%s is not for %s %s", key, kind, what).
				Next("leave it out, or use a type that takes it: %s", strings.Join(a.Types, ", "))
		}
	}
	return nil
}

// Unknown returns a warning for each argument that RabbitMQ itself does not know, sorted by key. The broker accepts and
// keeps any argument silently; a plugin may know it.
func (q Queue) Unknown() []string { return Known().unknown(q.Arguments) }

func (all Arguments) unknown(arguments map[string]any) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(arguments)) {
		if _, ok := all.Find(key); ok {
			continue
		}
		said := fmt.Sprintf("RabbitMQ does not know the argument %s: it is kept, and has no effect unless a plugin reads it",
			key)
		if near := all.nearest(key); near != "" {
			said += fmt.Sprintf("; did you mean %s?", near)
		}
		out = append(out, said)
	}
	return out
}

// Deciders are the settings that, besides its declaration, decide the properties of an existing queue.
type Deciders struct {
	// Policy and OperatorPolicy are the names of the policies in effect; "" means none.
	Policy, OperatorPolicy string
	// PolicyPriority is the priority of Policy; nil if it is not known.
	PolicyPriority *int64
	// PolicyKeys and OperatorKeys are their definitions.
	PolicyKeys, OperatorKeys map[string]any
	// DefaultType is the type of a queue that is declared without a type; "" means that it is not known.
	DefaultType string
}

// Difference is one property whose value is not the wanted one. A new declaration cannot change it.
type Difference struct {
	// Property is type, durable, auto_delete, exclusive, or the key of an argument.
	Property string
	// Wanted and Has are the values; "(none)" for an argument that is not set.
	Wanted, Has string
	// DecidedBy says what sets the value that is in effect now: "argument", "policy NAME (VALUE)", "operator policy NAME
	// (VALUE)", several of these with commas between them, "the client that declared it", "bindings", or "nobody".
	DecidedBy string
	// Policy says whether a policy can set the wanted value: "yes: message-ttl", "no", or "no, " and the reason.
	Policy string
}

const none = "(none)"

// Compare lists the differences between a declaration and the existing queue: the type first, and the arguments sorted
// by key. A wanted type of "" is compared with the default type, if that is known.
func Compare(want, has Queue, by Deciders) []Difference {
	var out []Difference
	property := func(name, wanted, has, decided string) {
		if wanted != has {
			out = append(out, Difference{name, wanted, has, decided, "no"})
		}
	}
	switch {
	case want.Type != "":
		property("type", want.Type, has.Type, "argument")
	case by.DefaultType != "":
		property("type", by.DefaultType, has.Type, "argument (wanted: virtual host default)")
	}
	property("durable", fmt.Sprint(want.Durable), fmt.Sprint(has.Durable), "argument")
	property("auto_delete", fmt.Sprint(want.AutoDelete), fmt.Sprint(has.AutoDelete), "argument")
	property("exclusive", fmt.Sprint(want.Exclusive), fmt.Sprint(has.Exclusive), "the client that declared it")

	return append(out, Known().compare(has.Type, want.Arguments, has.Arguments, by)...)
}

// compare lists the differences in the arguments of an object of type kind, sorted by key.
func (all Arguments) compare(kind string, want, has map[string]any, by Deciders) []Difference {
	var out []Difference
	keys := maps.Clone(want)
	if keys == nil {
		keys = map[string]any{}
	}
	maps.Copy(keys, has)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		wanted, asked := want[key]
		stored, present := has[key]
		if asked == present && same(wanted, stored) {
			continue
		}
		d := Difference{Property: key, Wanted: none, Has: none, DecidedBy: "nobody", Policy: "no"}
		if asked {
			d.Wanted = text(wanted)
		}
		if present {
			d.Has, d.DecidedBy = text(stored), "argument"
		}
		if d.Wanted == d.Has {
			// One value is a text and the other is not, such as a number: the quotes show which.
			d.Wanted, d.Has = literal(wanted), literal(stored)
		}
		if a, known := all.Find(key); known && a.PolicyKey != "" {
			d.Policy = policyCan(kind, a, wanted, stored, asked, present)
			d.decide(a.PolicyKey, by, present)
		}
		out = append(out, d)
	}
	return out
}

// policyCan says whether a policy can set the wanted value while the existing argument stays.
func policyCan(kind string, a Argument, wanted, stored any, asked, present bool) string {
	switch {
	case !asked:
		return "no"
	case slices.Contains(lacking(kind), a.PolicyKey):
		return "no, not for type " + kind
	case !present, policyCounts(kind, a.Key):
		return "yes: " + a.PolicyKey
	case !a.LowerCounts:
		return "no, the argument counts"
	}
	if lower(wanted, stored) {
		return "yes: " + a.PolicyKey
	}
	return "no, the lower counts"
}

// decide sets what decides the value in effect. In most cases the argument takes precedence over policies; for length
// limits, TTL and expiry the lower number does. So a policy is named even if there is an argument.
func (d *Difference) decide(policyKey string, by Deciders, present bool) {
	var policies []string
	if v, ok := by.PolicyKeys[policyKey]; ok {
		policies = append(policies, fmt.Sprintf("policy %s (%s)", by.Policy, text(v)))
	}
	if v, ok := by.OperatorKeys[policyKey]; ok {
		policies = append(policies, fmt.Sprintf("operator policy %s (%s)", by.OperatorPolicy, text(v)))
	}
	if len(policies) == 0 {
		return
	}
	if present {
		policies = append([]string{"argument"}, policies...)
	}
	d.DecidedBy = strings.Join(policies, ", ")
}

// PolicyDefinition returns the definition of a policy that would set all differing arguments that a policy can set, or
// nil if there are none.
func PolicyDefinition(want Queue, differences []Difference) map[string]any {
	definition := map[string]any{}
	for _, d := range differences {
		a, known := Find(d.Property)
		wanted, asked := want.Arguments[d.Property]
		if known && asked && strings.HasPrefix(d.Policy, "yes") {
			definition[a.PolicyKey] = wanted
		}
	}
	if len(definition) == 0 {
		return nil
	}
	return definition
}

// same reports whether two values of arguments are equal. Numbers are compared by value, however they are written.
func same(a, b any) bool {
	x, isX := a.(json.Number)
	y, isY := b.(json.Number)
	if isX && isY {
		if x == y {
			return true
		}
		f, errF := x.Float64()
		g, errG := y.Float64()
		_, intX := x.Int64()
		_, intY := y.Int64()
		// Two whole numbers that are written differently are different, even if they are equal as floats.
		return errF == nil && errG == nil && f == g && !(intX == nil && intY == nil)
	}
	if isX != isY {
		return false
	}
	if m, ok := a.(map[string]any); ok {
		n, ok := b.(map[string]any)
		return ok && maps.EqualFunc(m, n, same)
	}
	if s, ok := a.([]any); ok {
		u, ok := b.([]any)
		return ok && slices.EqualFunc(s, u, same)
	}
	return text(a) == text(b) && fmt.Sprintf("%T", a) == fmt.Sprintf("%T", b)
}

func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return literal(v)
}

func literal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}
