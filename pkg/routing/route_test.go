package routing_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/routing"
)

// world makes Facts from lines that are separated by semicolons:
//
//	x NAME TYPE [ae=NAME] [internal] [policy?]   an exchange
//	NAME -KEY-> x:NAME or q:NAME                 a binding; -K=V-> is one of a headers exchange
//	q NAME                                       a queue; queues in bindings exist anyway
//	offers TYPE...                               the types of exchanges that node n offers
func world(text string) routing.Facts {
	f := routing.Facts{Exchanges: map[string]*routing.Exchange{"": {Type: "direct"}}, Queues: map[string]*routing.Queue{},
		Whole: true}
	// Exchanges come first, so that bindings find them.
	for _, exchanges := range []bool{true, false} {
		for line := range strings.SplitSeq(text, ";") {
			if words := strings.Fields(line); len(words) > 0 && (words[0] == "x") == exchanges {
				add(&f, words)
			}
		}
	}
	return f
}

func add(f *routing.Facts, words []string) {
	switch words[0] {
	case "offers":
		f.Node, f.Types = "n", map[string]bool{}
		for _, kind := range words[1:] {
			f.Types[kind] = true
		}
	case "q":
		f.Queues[words[1]] = &routing.Queue{Name: words[1]}
	case "x":
		x := &routing.Exchange{Name: words[1], Type: words[2]}
		for _, w := range words[3:] {
			switch alternate, is := strings.CutPrefix(w, "ae="); {
			case is:
				x.Alternate, x.AlternateBy = alternate, "argument"
			case w == "internal":
				x.Internal = true
			case w == "policy?":
				x.AlternateUnknown = "not allowed"
			}
		}
		f.Exchanges[x.Name] = x
	default:
		kind, to, _ := strings.Cut(words[2], ":")
		b := routing.Binding{To: to, ToExchange: kind == "x", Key: strings.TrimSuffix(strings.TrimPrefix(words[1], "-"),
			"->")}
		if header, value, ok := strings.Cut(b.Key, "="); ok {
			b.Key, b.Arguments = "", map[string]any{header: value}
		}
		f.Exchanges[words[0]].Bindings = append(f.Exchanges[words[0]].Bindings, b)
		if kind == "q" {
			f.Queues[to] = &routing.Queue{Name: to}
		}
	}
}

// way returns a route as text: the queues, and after them why the message is refused, what is lost, and the gaps.
func way(r routing.Route) string {
	out := strings.Join(r.Queues, " ")
	if r.Refused != "" {
		out += " refused: " + r.Refused
	}
	for _, l := range r.Losses {
		out += fmt.Sprintf(" lost: %q %s", l.Exchange, l.Why)
	}
	for _, g := range r.Gaps {
		out += " gap: " + g
	}
	return strings.TrimSpace(out)
}

func TestRoute(t *testing.T) {
	tests := []struct{ name, world, exchange, key, want string }{
		{"default", "q a; q b", "", "a", "a"},
		{"default, no queue", "q a", "", "b", `lost: "" finds no queue named "b"`},
		{"default, reply", "", "", "amq.rabbitmq.reply-to.g1",
			"gap: the routing key amq.rabbitmq.reply-to.g1 is the address of a client that waits for a reply, not a queue"},
		{"no exchange", "q a", "x", "a",
			"refused: exchange x does not exist, so the broker closes the channel (404 NOT_FOUND)"},
		{"internal", "x i fanout internal; i --> q:a", "i", "",
			"refused: exchange i is internal: clients may not publish to it (403 ACCESS_REFUSED)"},
		{"direct", "x d direct; d -k-> q:a; d -k-> q:b; d -j-> q:c; d -k-> q:a", "d", "k", "a b"},
		{"direct, no match", "x d direct; d -k-> q:a; d -j-> q:b", "d", "K",
			`lost: "d" has 2 bindings, and none matches the routing key "K"`},
		{"direct, patterns are plain", "x d direct; d -#-> q:a", "d", "k",
			`lost: "d" has 1 binding, and none matches the routing key "k"`},
		{"no binding", "x d fanout", "d", "k", `lost: "d" has no binding`},
		{"fanout", "x f fanout; f -k-> q:a; f --> q:b", "f", "z", "a b"},
		{"topic", "x t topic; t -a.*-> q:a; t -#-> q:b; t -b.#-> q:c", "t", "a.x", "a b"},
		{"headers", "x h headers; h -k=v-> q:a; h -k=w-> q:b", "h", "", "a"},
		{"headers, no match", "x h headers; h -j=v-> q:a", "h", "", `lost: "h" has 1 binding, and none matches the headers`},
		{"through exchanges", "x a fanout; x b direct; x c topic; a --> x:b; b -k-> x:c; c -#-> q:q; a --> q:r", "a", "k",
			"r q"},
		{"in a circle", "x a fanout; x b fanout; a --> x:b; b --> x:a; b --> q:q; a --> x:a", "a", "k", "q"},
		{"a branch that ends", "x a fanout; x b direct; a --> x:b; a --> q:q", "a", "k", `q lost: "b" has no binding`},
		{"internal in between", "x a fanout; x i fanout internal; a --> x:i; i --> q:q", "a", "k", "q"},
		{"alternate", "x d direct ae=f; x f fanout; d -k-> q:a; f --> q:b", "d", "j", "b"},
		{"alternate is not taken", "x d direct ae=f; x f fanout; d -k-> q:a; f --> q:b", "d", "k", "a"},
		{"alternate is not taken for a branch", "x d direct ae=f; x f fanout; x e direct; d -k-> x:e; f --> q:b", "d", "k",
			`lost: "e" has no binding`},
		{"alternate of a branch", "x d direct; x f fanout; x e direct ae=f; d -k-> x:e; f --> q:b", "d", "k", "b"},
		{"alternates in a row", "x d direct ae=e; x e direct ae=f; x f fanout; f --> q:b", "d", "k", "b"},
		{"alternates in a circle", "x d direct ae=e; x e direct ae=d", "d", "k",
			`lost: "d" leads to a circle of exchanges, none of which leads to a queue`},
		{"in a circle without a queue", "x a fanout; x b fanout; a --> x:b; b --> x:a", "a", "",
			`lost: "a" leads to a circle of exchanges, none of which leads to a queue`},
		{"alternate that does not exist", "x d direct ae=gone", "d", "k",
			`lost: "d" has no binding, and its alternate exchange gone (argument) does not exist`},
		{"alternate that nobody may read", "x d direct policy?; d -k-> q:q", "d", "j",
			"gap: the alternate exchange of exchange d is not known: not allowed"},
		{"default as alternate", "x d direct; q k", "d", "k", `lost: "d" has no binding`},
		{"unknown type", "x r x-random; r --> q:a; r --> q:b; r --> x:c; x c fanout", "r", "",
			"gap: it is not known how exchange r routes: its type is x-random; its bindings lead to a, b, c"},
		{"unknown type without bindings", "x r x-random", "r", "",
			"gap: it is not known how exchange r routes: its type is x-random, and it has no binding"},
		{"unknown type with many",
			"x r x-random; r --> q:a; r --> q:b; r --> q:c; r --> q:d; r --> q:e; r --> q:f; r --> q:g", "r", "",
			"gap: it is not known how exchange r routes: its type is x-random; its bindings lead to a, b, c, d, e and 2 more"},
		{"unknown type behind a known one", "x d direct; x r x-random; d -k-> x:r; d -k-> q:a; r --> q:b", "d", "k",
			"a gap: it is not known how exchange r routes: its type is x-random; its bindings lead to b"},
		{"a type that is offered", "offers x-random; x r x-random; r --> q:a", "r", "",
			"gap: it is not known how exchange r routes: its type is x-random; its bindings lead to a"},
		{"a type that is off", "offers direct; x r x-random; r --> q:a", "r", "",
			"refused: exchange r cannot route: n does not offer the exchange type x-random: its plugin is not enabled, so the broker closes the channel (406 PRECONDITION_FAILED)"},
		{"a basic type is always on", "offers x; x d fanout; d --> q:a", "d", "", "a"},
		{"a type that is off behind another exchange", "offers x; x d fanout; x r x-random; d --> q:a; d --> x:r", "d", "",
			"refused: exchange r cannot route: n does not offer the exchange type x-random: its plugin is not enabled, so the broker closes the channel (406 PRECONDITION_FAILED)"},
		{"a type that is off as alternate", "offers x; x d direct ae=r; x r x-random; d -k-> q:a", "d", "j",
			"refused: exchange r cannot route: n does not offer the exchange type x-random: its plugin is not enabled, so the broker closes the channel (406 PRECONDITION_FAILED)"},
		{"a type that is off as alternate that is not taken", "offers x; x d direct ae=r; x r x-random; d -k-> q:a", "d", "k",
			"a"},
		{"a doubt", "x h headers ae=f; x f fanout; f --> q:b; h -n=undefined-> q:a", "h", "",
			"gap: whether the binding of exchange h to a matches depends on AMQP types that the API does not show gap: if no binding matches, the message goes to the alternate exchange f"},
	}
	headers := map[string]any{"k": "v", "n": json.Number("5")}
	for _, tt := range tests {
		f := world(tt.world)
		got := f.Route(routing.Message{Exchange: tt.exchange, Key: tt.key, Headers: headers})
		if way(got) != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, way(got), tt.want)
		}
	}
}

// The default exchange routes nothing when it is an alternate exchange. But its own alternate exchange, which a policy
// can set, is then used (measured on 3.10, 4.0 and 4.3).
func TestRoute_defaultAsAlternate(t *testing.T) {
	f := world("x d direct; x f fanout; f --> q:b; q k")
	f.Exchanges["d"].AlternateBy = "argument"
	if got := way(f.Route(routing.Message{Exchange: "d",
		Key: "k"})); got != `lost: "" routes nothing when it is an alternate exchange` {
		t.Error(got)
	}
	f.Exchanges[""].Alternate, f.Exchanges[""].AlternateBy = "f", "policy all"
	if got := way(f.Route(routing.Message{Exchange: "d", Key: "k"})); got != "b" {
		t.Error(got)
	}
	// A message published to the default exchange itself does not use this alternate exchange.
	if got := way(f.Route(routing.Message{Key: "nobody"})); got != `lost: "" finds no queue named "nobody"` {
		t.Error(got)
	}
}

func TestRoute_senderSelected(t *testing.T) {
	f := world("x d direct; x h headers; d -k-> q:a; d -j-> q:b; h -x=y-> q:c; q z")
	f.Exchanges["h"].Bindings[0].Arguments = map[string]any{"x-match": "any", "CC": nil, "BCC": nil}
	list := func(keys ...any) []any { return keys }
	tests := []struct {
		exchange, key string
		headers       map[string]any
		want          string
	}{
		{"d", "k", map[string]any{"CC": list("j")}, "a b"},
		{"d", "k", map[string]any{"BCC": list("j", json.Number("4"))}, "a b"},
		{"d", "-", map[string]any{"CC": list("j"), "BCC": list("k")}, "a b"},
		{"", "z", map[string]any{"CC": list("a", "none")}, `z a lost: "" finds no queue named "none"`},
		{"h", "", map[string]any{"CC": list("j")}, "c"},
		{"h", "", map[string]any{"BCC": list("j")}, `lost: "h" has 1 binding, and none matches the headers`},
		{"d", "k", map[string]any{"CC": "j"},
			"refused: the header CC is not an array, so the broker closes the channel (406 PRECONDITION_FAILED)"},
	}
	for _, tt := range tests {
		if got := way(f.Route(routing.Message{Exchange: tt.exchange, Key: tt.key, Headers: tt.headers})); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

// Route lists the names that must be read first, and does not report them as lost.
func TestRoute_unread(t *testing.T) {
	whole := world("x a fanout; x b fanout ae=c; a --> x:b; a --> q:q")
	f := routing.Facts{Exchanges: map[string]*routing.Exchange{}, Queues: map[string]*routing.Queue{}}
	m := routing.Message{Exchange: "a"}
	var asked []string
	for range 10 {
		r := f.Route(m)
		if len(r.UnreadExchanges)+len(r.UnreadQueues) == 0 {
			if way(r) != `q lost: "b" has no binding, and its alternate exchange c (argument) does not exist` {
				t.Error(way(r))
			}
			break
		}
		for _, x := range r.UnreadExchanges {
			asked = append(asked, "x:"+x)
			f.Exchanges[x] = whole.Exchanges[x]
		}
		for _, q := range r.UnreadQueues {
			asked = append(asked, "q:"+q)
			f.Queues[q] = whole.Queues[q]
		}
	}
	if diff := cmp.Diff([]string{"x:a", "x:b", "q:q", "x:c"}, asked); diff != "" {
		t.Error(diff)
	}
	if r := f.Route(routing.Message{Key: "k"}); !slices.Equal(r.UnreadQueues, []string{"k"}) || way(r) != "" {
		t.Errorf("%+v", r)
	}
}

// Hops holds each hop once, in order.
func TestRoute_hops(t *testing.T) {
	f := world("x a direct; x b fanout ae=c; x c fanout; a -k-> x:b; c --> q:q")
	f.Exchanges["b"].AlternateBy = "policy p"
	got := f.Route(routing.Message{Exchange: "a", Key: "k"}).Hops
	want := []routing.Hop{
		{From: "a", FromType: "direct", How: routing.ByBinding, Key: "k", To: "b", ToExchange: true},
		{From: "b", FromType: "fanout", How: routing.ByAlternate, SetBy: "policy p", To: "c", ToExchange: true},
		{From: "c", FromType: "fanout", How: routing.ByBinding, To: "q"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
