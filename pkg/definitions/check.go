package definitions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Latest is the release that a document is checked for when the user names none.
const Latest = "4.3"

// Check returns the faults of the document for a broker of that release, sorted by file and line: those found while
// reading it, and those in members and their values, references and patterns, and in the size of the document. What
// faults say about brokers was seen on 3.10 and 4.3. An object may also refer to an object of the documents in the
// parameter there: those objects count as existing.
func (d *Document) Check(release string, there ...*Document) []Fault {
	c := &checker{doc: d, release: release, faults: slices.Clone(d.Faults), queues: topology.Known(),
		exchanges: topology.OfExchanges(), keys: topology.PolicyKeys(), members: map[Kind][]Member{},
		there: map[string]bool{}, covered: map[Kind]bool{}}
	for _, k := range Kinds() {
		c.members[k] = k.Members()
	}
	all := []Object{}
	for _, from := range append([]*Document{d}, there...) {
		all = append(all, from.Objects...)
		for _, k := range Kinds() {
			c.covered[k] = c.covered[k] || from.Covers(k)
		}
	}
	for _, o := range all {
		if o.Kind == VHosts || o.Kind == Users || o.Kind == Exchanges || o.Kind == Queues || o.Kind == Parameters {
			c.there[o.ID()] = true
		}
	}
	for _, o := range d.Objects {
		if c.shaped(o) {
			c.object(o)
			c.references(o)
		}
	}
	c.size()
	slices.SortStableFunc(c.faults, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.At.File, b.At.File), a.At.Line-b.At.Line)
	})
	return c.faults
}

// size warns of a document that brokers refuse in one request: 4.3 takes about 10 MB, older releases 20 MB.
func (c *checker) size() {
	most := 20_000_000
	if (topology.Release{Major: 4, Minor: 3}).Reached(c.release) {
		most = 10_000_000
	}
	size := 0
	for _, o := range c.doc.Objects {
		size += o.size()
	}
	if size > most {
		text := fmt.Sprintf("it has about %d MB of JSON; %s takes at most %d MB in one request, so it has to be sent in parts",
			size/1_000_000, c.release, most/1_000_000)
		c.faults = append(c.faults, Fault{At: Place{Path: "the whole document"}, Warning: true, Text: text})
	}
}

// checker checks one document.
type checker struct {
	doc     *Document
	release string
	faults  []Fault
	// queues, exchanges and keys hold the known arguments and policy keys; members holds the members of each kind.
	queues, exchanges topology.Arguments
	keys              topology.KnownKeys
	members           map[Kind][]Member
	// there holds the IDs of the objects that other objects may refer to.
	there map[string]bool
	// covered holds the kinds of which all objects are known.
	covered map[Kind]bool
}

// refused adds a fault that makes brokers refuse the document. By then they have imported all objects before the faulty
// one.
func (c *checker) refused(o Object, format string, args ...any) { c.add(o, false, format, args...) }

// doubtful adds a warning: brokers accept the document with this fault, or may accept it: see Fault.Warning.
func (c *checker) doubtful(o Object, format string, args ...any) { c.add(o, true, format, args...) }

func (c *checker) add(o Object, warning bool, format string, args ...any) {
	c.faults = append(c.faults, Fault{At: o.At, Text: o.String() + ": " + fmt.Sprintf(format, args...), Warning: warning})
}

// shaped checks which members an object has, and the types of their values. It returns false if a needed member is
// missing or a value has the wrong type.
func (c *checker) shaped(o Object) bool {
	fine, names := true, []string{"vhost", "component"}
	values := map[string]record.Value{}
	for name, value := range o.Value.Members() {
		values[name] = value
	}
	for _, m := range c.members[o.Kind] {
		names = append(names, m.Name)
		v, has := values[m.Name]
		switch {
		case !has && m.Needed && (m.On == topology.Release{} || !m.On.Reached(c.release)):
			fine = false
			c.refused(o, "the member %s is missing", m.Name)
		case has && !m.Shape.fits(v):
			fine = false
			c.refused(o, "%s is %s, not %s", m.Name, wordOf(v), m.Shape)
		}
	}
	for name := range o.Value.Members() {
		if !slices.Contains(names, name) {
			c.doubtful(o, "brokers do not read the member %s%s", name, fail.DidYouMean(name, names))
		}
	}
	return fine
}

// fits reports whether the value has the shape. Only the shape Any fits an absent value or null.
func (s Shape) fits(v record.Value) bool {
	switch {
	case s == Any:
		return true
	case !v.Known():
		return false
	}
	switch s {
	case Text:
		return v[0] == '"'
	case Truth:
		return v[0] == 't' || v[0] == 'f'
	case Whole:
		_, is := v.Int()
		return is && !strings.ContainsAny(string(v), ".eE")
	case Table:
		return v[0] == '{' || string(v) == "[]" // brokers sometimes write an empty table as []
	}
	return v[0] == '[' || v[0] == '"' // before 3.9, tags were one text
}

// object checks the content of an object by the rules of its kind.
func (c *checker) object(o Object) {
	if o.IsRedacted() {
		c.refused(o, "its secret was masked, so a broker cannot use it")
		c.faults[len(c.faults)-1].Masked = true
	}
	switch o.Kind {
	case VHosts:
		c.vhost(o)
	case Users:
		c.user(o)
	case Permissions, TopicPermissions:
		for _, name := range []string{"configure", "write", "read"} {
			c.pattern(o, name, o.Member(name))
		}
	case Policies:
		c.policy(o, o.Value, false)
	case OperatorPolicies:
		c.policy(o, o.Member("value"), true)
	case VHostLimits:
		c.limits(o, o.Member("value"), "max-connections", "max-queues")
	case Exchanges:
		c.exchange(o)
	case Queues:
		c.queue(o)
	case Bindings:
		c.null(o, record.Value(o.Key[4]))
		if t := o.Key[1]; t != "queue" && t != "exchange" {
			c.refused(o, "its destination_type is %q, not queue or exchange", t)
		}
	}
}

func (c *checker) vhost(o Object) {
	for name := range o.Member("limits").Members() {
		c.limited(o, name)
	}
	kind := o.Member("default_queue_type")
	if metadata := o.Member("metadata"); !kind.Known() {
		kind = Object{Value: metadata}.Member("default_queue_type")
	}
	types := []string{"classic", "quorum", "stream", "undefined"}
	if text := kind.Text(); text != "" && !slices.Contains(types, strings.TrimSuffix(strings.TrimPrefix(text, "rabbit_"),
		"_queue")) {
		c.doubtful(o, "no queue type %q%s: brokers take classic in its place", text, fail.DidYouMean(text, types[:3]))
	} else if (text == "quorum" || text == "stream") && !(topology.Release{Major: 3, Minor: 11}).Reached(c.release) {
		c.doubtful(o, "%s has no default queue type: its queues are classic where they do not say a type", c.release)
	}
}

func (c *checker) user(o Object) {
	c.limits(o, o.Member("limits"), "max-connections", "max-channels")
	c.password(o)
	if !o.Member("tags").Known() {
		c.refused(o, "the member tags is missing")
	}
	if !o.Member("password_hash").Known() && !o.Member("password").Known() {
		c.doubtful(o, "it has neither password_hash nor password: nobody can log in with it")
	}
	if password := o.Member("password"); password.Known() && password.Text() != record.Masked {
		c.doubtful(o, "its password is in plain text: password_hash is safer")
	}
}

func (c *checker) exchange(o Object) {
	kind := o.Member("type").Text()
	e := topology.Exchange{Name: o.Key[0], Type: kind, Arguments: o.Member("arguments").Map()}
	if err := e.Validate(); err != nil {
		c.refused(o, "%v", err)
	}
	for _, text := range e.Unknown() {
		c.doubtful(o, "%s", text)
	}
	if !slices.Contains([]string{"direct", "fanout", "topic", "headers"}, kind) {
		plugin := topology.ExchangePlugin(kind)
		if plugin == "" {
			plugin = "no plugin of RabbitMQ"
		}
		c.doubtful(o, "exchanges of type %s come from a plugin (%s): brokers without it refuse the document", kind, plugin)
	}
	c.values(o, c.exchanges)
	c.null(o, o.Member("arguments"))
}

// queue checks a queue. It also warns of settings that a broker silently ignores, because these do more harm than
// settings that it refuses.
func (c *checker) queue(o Object) {
	arguments := o.Member("arguments").Map()
	kind, _ := arguments["x-queue-type"].(string)
	delete(arguments, "x-queue-type")
	durable, _ := o.Member("durable").Bool()
	deletes, _ := o.Member("auto_delete").Bool()
	q := topology.Queue{Name: o.Key[0], Type: kind, Durable: durable, AutoDelete: deletes, Arguments: arguments}
	if err := q.Validate(); err != nil {
		c.refused(o, "%v", err)
	}
	for _, text := range q.Unknown() {
		c.doubtful(o, "%s", text)
	}
	if t := o.Member("type").Text(); t != "" && t != kind && (kind != "" || t != "classic") {
		c.doubtful(o, "brokers do not read its member type (%s), only its argument x-queue-type", t)
	}
	c.values(o, c.queues)
	c.queueArguments(o)
	c.null(o, o.Member("arguments"))
	for key := range arguments {
		known, is := c.keys.Find(strings.TrimPrefix(key, "x-"))
		if a, _ := c.queues.Find(key); is && a.PolicyKey == known.Key && !known.In(c.release, false) {
			c.doubtful(o, "%s does not know the argument %s: it has no effect", c.release, key)
		}
	}
}

// policy checks a policy or an operator policy, whose members are in v: an operator policy has them in its member
// value.
func (c *checker) policy(o Object, v record.Value, operator bool) {
	p := topology.Policy{Name: o.Key[len(o.Key)-1], Operator: operator}
	var definition record.Value
	for name, value := range v.Members() {
		switch name {
		case "pattern":
			c.pattern(o, "pattern", value)
		case "apply-to":
			p.ApplyTo = value.Text()
		case "definition":
			definition, p.Definition = value, value.Map()
		}
	}
	words := []string{"queues", "exchanges", "all"}
	if (topology.Release{Major: 3, Minor: 12}).Reached(c.release) {
		words = append(words, "classic_queues", "quorum_queues", "streams")
	}
	if p.ApplyTo != "" && !slices.Contains(words, p.ApplyTo) {
		c.refused(o, "%s has no apply-to %q%s", c.release, p.ApplyTo, fail.DidYouMean(p.ApplyTo, words))
	}
	if len(p.Definition) == 0 {
		c.refused(o, "its definition is empty, which brokers refuse")
	}
	c.federated(o, definition)
	for key, value := range definition.Members() {
		c.policyKey(o, key, value, operator)
	}
	if !slices.ContainsFunc(plainMembers(definition), func(m member) bool { return strings.HasPrefix(m.name, "ha-") }) {
		// Policies with ha- keys get no remarks: their users know that only classic queues are mirrored.
		for _, text := range p.Remarks() {
			c.doubtful(o, "%s", text)
		}
	}
}

func (c *checker) policyKey(o Object, key string, value record.Value, operator bool) {
	what := "policies"
	if operator {
		what = "operator policies"
	}
	known, is := c.keys.Find(key)
	switch {
	case !is:
		var names []string
		for _, k := range c.keys {
			names = append(names, k.Key)
		}
		c.refused(o, "RabbitMQ has no policy key %s%s: a broker refuses the document unless a plugin has the key", key,
			fail.DidYouMean(key, names))
		c.faults[len(c.faults)-1].Plugin = true
	case !known.In(c.release, operator):
		c.refused(o, "%s does not know the key %s in %s", c.release, key, what)
	case known.Guessed:
	default:
		known.Key = key
		one := topology.Arguments{known.Argument}
		if _, _, err := one.Parse(key + ":json=" + string(value)); err != nil {
			c.refused(o, "%v", err)
		}
	}
}

// pattern adds a fault if brokers certainly cannot compile the regular expression v. The parameter name is the member
// that has this value. Brokers know more syntax than Go: see topology.Uncompilable.
func (c *checker) pattern(o Object, name string, v record.Value) {
	if why := topology.Uncompilable(v.Text()); why != "" {
		c.refused(o, "its %s %q is not a regular expression: %s", name, prose.OneLine(v.Text()), why)
	}
}
