package diagnose_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// vhost is a virtual host with a default exchange, and an exchange that routes its messages to a queue: nothing is
// wrong.
func vhost() diagnose.RoutingFacts {
	f := diagnose.RoutingFacts{VHost: "v 1", Flows: map[string]diagnose.Flow{}}
	f.Whole = true
	f.Exchanges = map[string]*routing.Exchange{"": {Type: "direct"}}
	f.Queues = map[string]*routing.Queue{}
	exchange(f, "bound", "direct", "work")
	queue(f, "work", nil)
	f.Flows["bound"] = diagnose.Flow{In: known(5), Out: known(5)}
	return f
}

// exchange adds an exchange that is bound to each of the queues, with the name of the queue as the routing key.
func exchange(f diagnose.RoutingFacts, name, kind string, queues ...string) *routing.Exchange {
	x := &routing.Exchange{Name: name, Type: kind}
	for _, q := range queues {
		x.Bindings = append(x.Bindings, routing.Binding{To: q, Key: q})
	}
	f.Exchanges[name] = x
	return x
}

func queue(f diagnose.RoutingFacts, name string, arguments map[string]any) *routing.Queue {
	q := &routing.Queue{Name: name, Type: "classic", Arguments: arguments}
	f.Queues[name] = q
	return q
}

func number(n int) json.Number { return json.Number(fmt.Sprint(n)) }

// holes returns the findings as lines: kind, name and what is wrong.
func holes(f diagnose.RoutingFacts) []string {
	var lines []string
	for _, h := range diagnose.Unroutable(f) {
		lines = append(lines, h.Kind+" "+h.Name+": "+h.What)
	}
	return lines
}

func TestUnroutable_nothing(t *testing.T) {
	if got := holes(vhost()); got != nil {
		t.Errorf("%q", got)
	}
	if got := diagnose.Unroutable(diagnose.RoutingFacts{}); got != nil {
		t.Errorf("an empty virtual host: %+v", got)
	}
}

// The test compares all texts of the findings about a virtual host with many problems.
func TestUnroutable_texts(t *testing.T) {
	f := vhost()
	f.Dropped, f.DroppedRate, f.Returned = known(7), known(0.5), known(2)
	f.Flows["un bound"] = diagnose.Flow{In: known(1), Rate: known(0)}
	exchange(f, "un bound", "topic")
	f.Flows["mistyped"] = diagnose.Flow{In: known(1200), Out: known(0), Rate: known(2.5)}
	exchange(f, "mistyped", "direct", "work", "other")
	x := exchange(f, "uncaught", "direct")
	x.Alternate, x.AlternateBy = "gone", "policy p"
	queue(f, "hole", map[string]any{"x-dead-letter-exchange": "gone"})
	queue(f, "loop", map[string]any{"x-dead-letter-exchange": "", "x-message-ttl": number(5)})
	f.Policies = []topology.Policy{{Name: "idle", Pattern: "^zz", ApplyTo: "all", Priority: 3}}
	got, err := json.MarshalIndent(diagnose.Unroutable(f), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `[
 {"vhost":"v 1","kind":"virtual host","name":"v 1","what":"drops messages that reach no queue",
  "evidence":"7 dropped so far, 0.5/s just now; 2 more were mandatory and came back",
  "do":"rabbitctl list_exchanges -p 'v 1' name message_stats.publish_in message_stats.publish_out"},
 {"vhost":"v 1","kind":"exchange","name":"mistyped","what":"gets messages, but none has reached a queue",
  "evidence":"1200 messages in so far, 2.5/s just now; 2 bindings","do":"rabbitctl show_exchange -p 'v 1' mistyped"},
 {"vhost":"v 1","kind":"exchange","name":"un bound","what":"gets messages but has no binding",
  "evidence":"1 message in so far, none just now; all are dropped","do":"rabbitctl show_exchange -p 'v 1' 'un bound'"},
 {"vhost":"v 1","kind":"exchange","name":"uncaught","what":"alternate exchange gone does not exist",
  "evidence":"alternate-exchange set by policy p; what matches no binding is dropped",
  "do":"declare exchange gone, or correct policy p"},
 {"vhost":"v 1","kind":"queue","name":"hole","what":"dead-letter exchange gone does not exist",
  "evidence":"dead-letter-exchange set by argument; what is rejected or expires is lost",
  "do":"declare exchange gone, or recreate this one without it"},
 {"vhost":"v 1","kind":"queue","name":"loop","what":"dead-letters in a circle: loop > loop",
  "evidence":"loop: message-ttl 5 (argument), dead-letter-exchange (default) set by argument; a message that comes back without a rejection is dropped",
  "do":"break the circle: rabbitctl show_queue -p 'v 1' loop"},
 {"vhost":"v 1","kind":"policy","name":"idle","what":"matches nothing",
  "evidence":"pattern ^zz, apply-to all, priority 3; queues and exchanges looked at: 8","do":"correct it: rabbitctl list_policies -p 'v 1'"}
]`
	var a, b any
	if json.Unmarshal(got, &a) != nil || json.Unmarshal([]byte(want), &b) != nil {
		t.Fatal(string(got))
	}
	if diff := cmp.Diff(b, a); diff != "" {
		t.Error(diff)
	}
}

// Objects that could not be read are a line, too, because no line means that nothing is wrong.
func TestUnroutable_unread(t *testing.T) {
	f := vhost()
	f.PoliciesUnread = "not allowed"
	if diff := cmp.Diff([]string{"policy : policies could not be read"}, holes(f)); diff != "" {
		t.Error(diff)
	}
}

func TestUnroutable_exchanges(t *testing.T) {
	in := diagnose.Flow{In: known(5), Out: known(0)}
	tests := []struct {
		name string
		make func(f diagnose.RoutingFacts)
		want string
	}{
		{"unbound and idle", func(f diagnose.RoutingFacts) { exchange(f, "x", "direct") }, ""},
		{"unbound and not counted", func(f diagnose.RoutingFacts) {
			exchange(f, "x", "direct")
			f.Flows["x"] = diagnose.Flow{In: health.Reading{Raw: "NaN"}}
		}, ""},
		{"unbound and caught", func(f diagnose.RoutingFacts) {
			x := exchange(f, "x", "direct")
			x.Alternate, x.AlternateBy, f.Flows["x"] = "bound", "argument", in
		}, ""},
		{"unbound and perhaps caught", func(f diagnose.RoutingFacts) {
			exchange(f, "x", "direct").AlternateUnknown = "no"
			f.Flows["x"] = in
		}, ""},
		{"out is not known", func(f diagnose.RoutingFacts) {
			exchange(f, "x", "direct", "work")
			f.Flows["x"] = diagnose.Flow{In: known(5)}
		}, "exchange x: gets messages, but none has reached a queue"},
		{"some go out", func(f diagnose.RoutingFacts) {
			exchange(f, "x", "direct", "work")
			f.Flows["x"] = diagnose.Flow{In: known(5), Out: known(1)}
		}, ""},
		{"the default exchange", func(f diagnose.RoutingFacts) { f.Flows[""] = in }, ""},
		{"an alternate that is missing, with or without messages", func(f diagnose.RoutingFacts) {
			x := exchange(f, "x", "direct", "work")
			x.Alternate, x.AlternateBy = "amq.default", "argument"
		}, "exchange x: alternate exchange amq.default does not exist"},
	}
	for _, tt := range tests {
		f := vhost()
		tt.make(f)
		if got := strings.Join(holes(f), "\n"); got != tt.want {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
}

func TestUnroutable_deadLetters(t *testing.T) {
	dl := func(exchange, key string, more ...any) map[string]any {
		m := map[string]any{"x-dead-letter-exchange": exchange}
		if key != "" {
			m["x-dead-letter-routing-key"] = key
		}
		for i := 0; i < len(more); i += 2 {
			m[more[i].(string)] = more[i+1]
		}
		return m
	}
	const ttl, length = "x-message-ttl", "x-max-length"
	tests := []struct {
		name string
		make func(f diagnose.RoutingFacts)
		want string
	}{
		{"to a queue", func(f diagnose.RoutingFacts) { queue(f, "q", dl("", "work")) }, ""},
		{"to a queue by a binding", func(f diagnose.RoutingFacts) { queue(f, "q", dl("bound", "work")) }, ""},
		{"to no queue", func(f diagnose.RoutingFacts) { queue(f, "q", dl("", "wrok")) },
			`queue q: dead-letter exchange (default) routes key "wrok" to no queue`},
		{"by no binding", func(f diagnose.RoutingFacts) { queue(f, "q", dl("bound", "wrok")) },
			`queue q: dead-letter exchange bound routes key "wrok" to no queue`},
		{"its own key may do", func(f diagnose.RoutingFacts) { queue(f, "q", dl("bound", "")) }, ""},
		{"no binding at all", func(f diagnose.RoutingFacts) {
			exchange(f, "x", "fanout")
			queue(f, "q", dl("x", ""))
		}, "queue q: dead-letter exchange x has no binding"},
		{"by headers that are not known", func(f diagnose.RoutingFacts) {
			exchange(f, "x", "headers", "work")
			queue(f, "q", dl("x", "k"))
		}, ""},
		{"by a policy", func(f diagnose.RoutingFacts) {
			q := queue(f, "q", nil)
			q.Policy, q.PolicyName = map[string]any{"dead-letter-exchange": "gone"}, "policy p"
		}, "queue q: dead-letter exchange gone does not exist"},
		{"an internal exchange takes it", func(f diagnose.RoutingFacts) {
			exchange(f, "x", "direct", "work").Internal = true
			queue(f, "q", dl("x", "work"))
		}, ""},

		{"to itself by its key", func(f diagnose.RoutingFacts) { queue(f, "q", dl("", "q", length, number(1))) },
			"queue q: dead-letters in a circle: q > q"},
		{"to itself by a fanout", func(f diagnose.RoutingFacts) {
			exchange(f, "x", "fanout", "q", "work")
			queue(f, "q", dl("x", "", ttl, number(1)))
		}, "queue q: dead-letters in a circle: q > q"},
		{"to itself by the key of its binding", func(f diagnose.RoutingFacts) {
			exchange(f, "x", "direct", "q")
			exchange(f, "x", "direct").Bindings = []routing.Binding{{To: "q", Key: "k"}, {To: "work", Key: "q"}}
			queue(f, "q", dl("x", "", ttl, number(1)))
		}, "queue q: dead-letters in a circle: q > q"},
		{"only rejected messages go round", func(f diagnose.RoutingFacts) { queue(f, "q", dl("", "q")) }, ""},
		{"a full queue refuses", func(f diagnose.RoutingFacts) {
			queue(f, "q", dl("", "q", length, number(1), "x-overflow", "reject-publish"))
		}, ""},
		{"to try again", func(f diagnose.RoutingFacts) {
			queue(f, "q", dl("", "r"))
			queue(f, "r", dl("", "q", ttl, number(1)))
		}, ""},
		{"three in a circle, once", func(f diagnose.RoutingFacts) {
			queue(f, "c", dl("", "a", ttl, number(1)))
			queue(f, "a", dl("", "b", ttl, number(1)))
			queue(f, "b", dl("", "c", length, number(1)))
		}, "queue a: dead-letters in a circle: a > b > c > a"},
		{"a way into a circle", func(f diagnose.RoutingFacts) {
			queue(f, "a", dl("", "b", ttl, number(1)))
			queue(f, "b", dl("", "b", ttl, number(1)))
		}, "queue b: dead-letters in a circle: b > b"},
		{"by headers nobody knows", func(f diagnose.RoutingFacts) {
			exchange(f, "x", "headers", "q")
			queue(f, "q", dl("x", "", ttl, number(1)))
		}, ""},
	}
	for _, tt := range tests {
		f := vhost()
		tt.make(f)
		if got := strings.Join(holes(f), "\n"); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// If all queues dead-letter to each other, there are too many circles to list. Each queue is named with its shortest
// circle.
func TestUnroutable_manyCircles(t *testing.T) {
	f := vhost()
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprintf("q%02d", i))
	}
	exchange(f, "x", "fanout", names...)
	for _, name := range names {
		queue(f, name, map[string]any{"x-dead-letter-exchange": "x", "x-message-ttl": number(1)})
	}
	got := holes(f)
	if len(got) != 100 || got[7] != "queue q07: dead-letters in a circle: q07 > q07" {
		t.Errorf("%d holes: %q", len(got), got)
	}
}

// If the search takes too long, it ends, and a line says that it is not complete.
func TestUnroutable_givesUp(t *testing.T) {
	f := vhost()
	var names []string
	for i := range 1100 {
		names = append(names, fmt.Sprintf("q%04d", i))
		exchange(f, names[i], "fanout")
		queue(f, names[i], map[string]any{"x-dead-letter-exchange": names[i], "x-message-ttl": number(1)})
	}
	// Each exchange leads to all later queues, and none leads back.
	for i, name := range names {
		exchange(f, name, "fanout", names[i+1:]...)
	}
	got := holes(f)
	if len(got) == 0 || got[0] != "virtual host v 1: the search for dead-lettering in a circle is not complete" {
		t.Errorf("%d holes", len(got))
	}
}

func TestUnroutable_policies(t *testing.T) {
	tests := []struct {
		name   string
		policy topology.Policy
		make   func(f diagnose.RoutingFacts)
		want   string
	}{
		{"in effect", topology.Policy{Pattern: "nothing at all"}, func(f diagnose.RoutingFacts) {
			f.Queues["work"].PolicyName = "policy p"
		}, ""},
		{"in effect beside another", topology.Policy{Operator: true, Pattern: "nothing at all"},
			func(f diagnose.RoutingFacts) {
				f.Queues["work"].PolicyName = "policy q, operator policy p"
			}, ""},
		{"in effect at an exchange", topology.Policy{Pattern: "(?!a)b"}, func(f diagnose.RoutingFacts) {
			f.Exchanges["bound"].PolicyName = "policy p"
		}, ""},
		{"matches nothing", topology.Policy{Pattern: "^zz"}, nil, "policy p: matches nothing"},
		{"matches nothing of its kind", topology.Policy{Pattern: "^work$", ApplyTo: "exchanges"}, nil,
			"policy p: matches nothing"},
		{"matches nothing of its type", topology.Policy{Pattern: "^work$", ApplyTo: "quorum_queues"}, nil,
			"policy p: matches nothing"},
		{"cannot be read", topology.Policy{Pattern: "^(?!amq)"}, nil,
			"policy p: is in effect nowhere; what it matches is not known"},
		{"outranked", topology.Policy{Pattern: "^work$"}, func(f diagnose.RoutingFacts) {
			f.Queues["work"].PolicyName = "policy other"
		},
			"policy p: is in effect nowhere: other policies apply instead"},
		{"passed over", topology.Policy{Pattern: "^work$", Definition: map[string]any{"max-age": "1D", "max-length": 5}},
			func(diagnose.RoutingFacts) {},
			"policy p: is in effect nowhere: the queues that it matches do not support its keys"},
		{"not outranked by an operator's", topology.Policy{Pattern: "^work$"}, func(f diagnose.RoutingFacts) {
			f.Queues["work"].PolicyName = "operator policy other"
		}, ""},
		{"about to be in effect", topology.Policy{Pattern: "^work$"}, nil, ""},
		{"not said yet", topology.Policy{Pattern: "^work$"}, func(f diagnose.RoutingFacts) {
			f.Queues["work"].PolicyUnknown = true
		}, ""},
		{"not said yet, and cannot be read", topology.Policy{Pattern: "^(?!amq)"}, func(f diagnose.RoutingFacts) {
			f.Queues["work"].PolicyUnknown = true
		}, ""},
	}
	for _, tt := range tests {
		f := vhost()
		if tt.make != nil {
			tt.make(f)
		}
		tt.policy.Name = "p"
		f.Policies = []topology.Policy{tt.policy}
		if got := strings.Join(holes(f), "\n"); got != tt.want {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}

// An exchange cannot route while the plugin of its type is off. Messages that reach it through other exchanges are
// refused, too, and a queue that dead-letters to it crashes.
func TestUnroutable_typeOff(t *testing.T) {
	f := vhost()
	f.Node, f.Types = "n", map[string]bool{"direct": true}
	exchange(f, "hashed", "x-consistent-hash", "work")
	exchange(f, "before", "fanout").Bindings = []routing.Binding{{To: "hashed", ToExchange: true}, {To: "work"}}
	x := exchange(f, "instead", "direct")
	x.Alternate, x.AlternateBy = "hashed", "argument"
	queue(f, "straight", map[string]any{"x-dead-letter-exchange": "hashed"})
	queue(f, "round", map[string]any{"x-dead-letter-exchange": "before", "x-dead-letter-routing-key": "k"})
	want := []string{
		"exchange hashed: cannot route: n does not offer the exchange type x-consistent-hash: its plugin is not enabled",
		"queue round: dead-letters to exchange hashed, which cannot route (type x-consistent-hash)",
		"queue straight: dead-letters to exchange hashed, which cannot route (type x-consistent-hash)",
	}
	if diff := cmp.Diff(want, holes(f)); diff != "" {
		t.Error(diff)
	}
	all := diagnose.Unroutable(f)
	if !strings.Contains(all[0].Evidence, "and so is what comes by before, instead") ||
		all[0].Do != "on every node: rabbitctl enable_plugins rabbitmq_consistent_hash_exchange --node NODE; or delete exchange hashed" {
		t.Errorf("%+v", all[0])
	}
}
