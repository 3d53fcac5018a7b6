package topology_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// TestSettings: from arguments, a policy and an operator policy, Settings finds the same values in effect as nodes of
// 3.10 and 4.3.
func TestSettings(t *testing.T) {
	t.Parallel()
	tests := []struct{ kind, arguments, policy, operator, want string }{
		{"classic", `{}`, ``, ``, ""},
		{"classic", `{}`, `{"max-length":9}`, ``, "max-length 9 policy p"},
		{"classic", `{}`, `{"max-length":9}`, `{"max-length":5}`, "max-length 5 operator policy o, not policy p 9"},
		{"classic", `{}`, `{"max-length":5}`, `{"max-length":9}`, "max-length 5 policy p, not operator policy o 9"},
		{"classic", `{}`, `{"max-length":5}`, `{"max-length":5}`, "max-length 5 policy p, not operator policy o 5"},
		{"classic", `{"x-max-length":4}`, `{"max-length":5}`, `{"max-length":9}`,
			"max-length 4 argument, not policy p 5, not operator policy o 9"},
		{"classic", `{"x-max-length":7}`, `{"max-length":5}`, ``, "max-length 5 policy p, not argument 7"},
		{"classic", `{"x-overflow":"drop-head"}`, `{"overflow":"reject-publish"}`, ``,
			"overflow drop-head argument, not policy p reject-publish"},
		{"quorum", `{"x-overflow":"drop-head"}`, `{"overflow":"reject-publish"}`, ``,
			"overflow reject-publish policy p, not argument drop-head"},
		{"quorum", `{}`, `{"overflow":"reject-publish"}`, `{"overflow":"drop-head"}`,
			"overflow drop-head operator policy o, not policy p reject-publish"},
		{"quorum", `{}`, `{"target-group-size":3}`, `{"target-group-size":5}`,
			"target-group-size 5 operator policy o, not policy p 3"},
		{"quorum", `{}`, `{"target-group-size":5}`, `{"target-group-size":3}`,
			"target-group-size 5 policy p, not operator policy o 3"},
		{"stream", `{"x-queue-type":"stream","x-max-age":"1D"}`, `{"max-age":"2D"}`, ``,
			"max-age 2D policy p, not argument 1D"},
		{"classic", `{"x-custom":1,"x-single-active-consumer":true}`, ``, ``,
			"x-custom 1 argument (RabbitMQ does not know it: no effect unless a plugin reads it); " +
				"x-single-active-consumer true argument"},
		{"classic", `{}`, `{"alternate-exchange":"a","delivery-limit":1,"ha-mode":"all"}`, ``,
			"alternate-exchange a policy p (no effect: only exchanges have it); " +
				"delivery-limit 1 policy p (no effect: only for quorum); " +
				"ha-mode all policy p (no effect since 4.0, which has no mirrored queues)"},
		{"stream", `{}`, `{"initial-cluster-size":3}`, ``, "initial-cluster-size 3 policy p (counts only when the queue is declared)"},
		{"exchange", `{"alternate-exchange":"a"}`, `{"alternate-exchange":"p","max-length":3}`, ``,
			"alternate-exchange a argument, not policy p p; max-length 3 policy p (no effect: only queues have it)"},
	}
	for _, tt := range tests {
		o := topology.Object{Type: tt.kind}
		if tt.kind == "exchange" {
			o = topology.Object{Exchange: true}
		}
		var policy, operator *topology.Policy
		if tt.policy != "" {
			policy = &topology.Policy{Name: "p", Definition: members(t, tt.policy)}
		}
		if tt.operator != "" {
			operator = &topology.Policy{Name: "o", Operator: true, Definition: members(t, tt.operator)}
		}
		var got []string
		for _, s := range topology.Settings(o, members(t, tt.arguments), policy, operator) {
			line := fmt.Sprintf("%s %s %s", s.Key, topology.Written(s.Value), s.By)
			for _, b := range s.Beside {
				line += ", not " + b
			}
			if s.Note != "" {
				line += " (" + s.Note + ")"
			}
			got = append(got, line)
		}
		if strings.Join(got, "; ") != tt.want {
			t.Errorf("%+v:\n%s", tt, strings.Join(got, "; "))
		}
	}
}

func TestDiffering(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ a, b, want string }{
		{`{}`, `{}`, "[]"}, {`{"a":1}`, `{"a":1}`, "[]"},
		{`{"a":1}`, `{"a":2,"b":1}`, "[a b]"}, {`{"a":1}`, `{"a":"1"}`, "[a]"},
	} {
		if got := fmt.Sprint(topology.Differing(members(t, tt.a), members(t, tt.b))); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}
