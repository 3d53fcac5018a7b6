package topology_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

func TestPolicyMatcher(t *testing.T) {
	tests := []struct {
		pattern string
		matches string // names, separated by |
		not     string
	}{
		{"", "a|", ""},
		{"^amq\\.", "amq.topic", "amq|xamq.topic"},
		{"orders", "orders|my-orders-2", "order"},
		{"^(?!amq\\.).*", "?", ""},
		{"^(a)\\1$", "?", ""},
		{"a++", "?", ""},
		{"^\\x{41}", "?", ""},
		{"^\\p{Lu}", "?", ""},
		{"(?i)^ORDERS$", "orders|OrDerS", "orderss"},
		{"^orders$", "orders|orders\n", "orders\n\n|\norders"},
		// In patterns of policies, brokers count bytes, not characters.
		{"^.{2}$", "ab|ü", "a|abc|üü|🐇"},
		{"^[ü]$", "", "ü|u"},
		{"^[ü]+$", "ü", "u"},
		{"^[^a]$", "b", "ü|a"},
		{"(?i)^ü$", "ü", "Ü"},
		{"^\\w+$", "abc_1", "ü"},
		{"^a.b$", "a b", "a\nb"},
	}
	for _, tt := range tests {
		matches, err := topology.Policy{Pattern: tt.pattern}.Matcher()
		if (err != nil) != (tt.matches == "?") {
			t.Errorf("%q: %v", tt.pattern, err)
		}
		if err != nil {
			continue
		}
		for _, name := range strings.Split(tt.matches, "|") {
			if tt.matches != "" && !matches(name) {
				t.Errorf("%q does not match %q", tt.pattern, name)
			}
		}
		for _, name := range strings.Split(tt.not, "|") {
			if tt.not != "" && matches(name) {
				t.Errorf("%q matches %q", tt.pattern, name)
			}
		}
	}
}

func TestPolicyCovers(t *testing.T) {
	tests := []struct {
		applyTo, kind    string
		queue, exchanges bool
	}{
		{"all", "stream", true, true},
		{"queues", "quorum", true, false},
		{"exchanges", "classic", false, true},
		{"classic_queues", "classic", true, false},
		{"classic_queues", "quorum", false, false},
		{"quorum_queues", "quorum", true, false},
		{"streams", "stream", true, false},
		{"streams", "classic", false, false},
		{"streams", "", true, false},
	}
	for _, tt := range tests {
		p := topology.Policy{ApplyTo: tt.applyTo}
		if p.CoversQueue(tt.kind) != tt.queue || p.CoversExchanges() != tt.exchanges {
			t.Errorf("%+v: queue %v, exchanges %v", tt, p.CoversQueue(tt.kind), p.CoversExchanges())
		}
	}
}

func TestEffective(t *testing.T) {
	tests := []struct{ kind, key, arguments, policy, want string }{
		{"classic", "x-message-ttl", `{}`, `{}`, "false  <nil>"},
		{"classic", "x-message-ttl", `{"x-message-ttl":5}`, `{}`, "true argument 5"},
		{"classic", "x-message-ttl", `{}`, `{"message-ttl":5}`, "true policy 5"},
		{"classic", "x-message-ttl", `{"x-message-ttl":5}`, `{"message-ttl":0}`, "true policy 0"},
		{"classic", "x-message-ttl", `{"x-message-ttl":0}`, `{"message-ttl":5}`, "true argument 0"},
		{"classic", "x-message-ttl", `{"x-message-ttl":10}`, `{"message-ttl":9}`, "true policy 9"},
		{"classic", "x-overflow", `{"x-overflow":"drop-head"}`, `{"overflow":"reject-publish"}`, "true argument drop-head"},
		{"classic", "x-dead-letter-exchange", `{"x-dead-letter-exchange":""}`, `{"dead-letter-exchange":"x"}`, "true argument "},
		{"classic", "x-max-priority", `{}`, `{"max-priority":5}`, "false  <nil>"},
		{"quorum", "x-overflow", `{"x-overflow":"drop-head"}`, `{"overflow":"reject-publish"}`, "true policy reject-publish"},
		{"quorum", "x-max-length", `{"x-max-length":50}`, `{"max-length":90}`, "true argument 50"},
		{"quorum", "x-dead-letter-exchange", `{"x-dead-letter-exchange":"a"}`, `{"dead-letter-exchange":"p"}`, "true argument a"},
		{"stream", "x-max-length-bytes", `{"x-max-length-bytes":5}`, `{"max-length-bytes":9}`, "true policy 9"},
		{"stream", "x-max-age", `{"x-max-age":"1D"}`, `{"max-age":"2D"}`, "true policy 2D"},
		{"stream", "x-max-age", `{"x-max-age":"1D"}`, `{"max-length-bytes":2}`, "true argument 1D"},
		{"quorum", "x-delivery-limit", `{"x-delivery-limit":5}`, `{"delivery-limit":-1}`, "true argument 5"},
		{"quorum", "x-delivery-limit", `{"x-delivery-limit":-1}`, `{"delivery-limit":5}`, "true policy 5"},
		{"classic", "x-unknown", `{"x-unknown":1}`, `{"unknown":0}`, "true argument 1"},
	}
	for _, tt := range tests {
		value, by, ok := topology.Effective(tt.kind, tt.key, members(t, tt.arguments), members(t, tt.policy))
		if got := fmt.Sprint(ok, " ", by, " ", value); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

func members(t *testing.T, text string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParseHeader(t *testing.T) {
	tests := []struct{ text, key, value, err string }{
		{"a=b", "a", `"b"`, ""},
		{"a=5", "a", `"5"`, ""},
		{"a=", "a", `""`, ""},
		{"a=b=c", "a", `"b=c"`, ""},
		{"a:int=5", "a", `5`, ""},
		{"a:bool=true", "a", `true`, ""},
		{"a:json=[1.5,null]", "a", `[1.5,null]`, ""},
		{"x:y:string=5", "x:y", `"5"`, ""},
		{"x-queue-type=5", "x-queue-type", `"5"`, ""},
		{"a", "", "", `"a" is not KEY[:TYPE]=VALUE`},
		{"=a", "", "", `"=a" is not KEY[:TYPE]=VALUE`},
		{":int=5", "", "", `":int=5" is not KEY[:TYPE]=VALUE`},
		{"a:int=x", "", "", `a:int must be a whole number, not "x"`},
		{"a:integer=5", "", "", `a: no type "integer"`},
		{"a:json=[", "", "", `a:json is not JSON: unexpected EOF`},
	}
	for _, tt := range tests {
		key, value, err := topology.ParseHeader(tt.text)
		if tt.err != "" {
			if err == nil || err.Error() != tt.err || fail.KindOf(err) != fail.Usage {
				t.Errorf("%q: %v", tt.text, err)
			}
			continue
		}
		text, _ := json.Marshal(value)
		if err != nil || key != tt.key || string(text) != tt.value {
			t.Errorf("%q: %q %s %v", tt.text, key, text, err)
		}
	}
}
